import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { LoggedRequest, RequestLog } from '../request-log.ts';
import { endpointNames } from './api.ts';
import { faultMoments, type HyperswitchFault, type HyperswitchFaultName } from './faults.ts';
import { type Dispute, isOpen, type Payment, type Refund, type WebhookEvent } from './rows.ts';
import { announce, confirmPayment, moveDispute, openDispute, settleRefund, type World } from './settle.ts';

/** Everything there is to see; amounts in minor units, rows oldest first. */
export interface HyperswitchSandboxState {
  payments: Payment[];
  refunds: Refund[];
  disputes: Dispute[];
  events: WebhookEvent[];
  webhookUrl: string | null;
  faults: HyperswitchFault[];
  /** The last 1,000, oldest first; `key` is null: this wire has none. */
  requests: LoggedRequest[];
}

/** A webhook of an operator's own making, signed and sent like any other. */
export interface OperatorEvent {
  event_type: string;
  content: { type: 'payment_details' | 'refund_details' | 'dispute_details'; object: Record<string, unknown> };
  /** Made up unless given. */
  event_id?: string | undefined;
}

interface OperatorReply {
  status: number;
  body: unknown;
}

const faultNames = Object.keys(faultMoments) as HyperswitchFaultName[];
const faultSchema = z
  .strictObject({
    on: z.string().min(1),
    fault: z.enum(faultNames),
    times: z.int().min(1).optional(),
    delayMs: z.int().min(0).optional(),
    match: z
      .strictObject({ payment_id: z.string().optional(), metadata: z.record(z.string(), z.unknown()).optional() })
      .optional(),
  })
  .refine(
    ({ on, fault }) =>
      on === '*' || (faultMoments[fault] === 'delivery' ? /^[a-z_]+$/.test(on) : endpointNames.includes(on)),
    `on: * or one of ${endpointNames.join(', ')}; of a delivery, * or an event's name`,
  );
const confirmSchema = z.strictObject({
  outcome: z.enum(['succeeded', 'failed', 'processing']).default('succeeded'),
  amount_received: z.int().min(1).optional(),
});
const settleSchema = z.strictObject({ outcome: z.enum(['succeeded', 'failed']).default('succeeded') });
const disputeSchema = z.strictObject({ amount: z.int().min(1).optional() });
const urlSchema = z.strictObject({ url: z.url({ protocol: /^https?$/ }) });
const eventSchema = z.strictObject({
  event_type: z.string().min(1),
  content: z.strictObject({
    type: z.enum(['payment_details', 'refund_details', 'dispute_details']),
    object: z.record(z.string(), z.unknown()),
  }),
  event_id: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
});

export function readState(world: World, log: RequestLog): HyperswitchSandboxState {
  const { store, faults, deliveries } = world;
  return structuredClone({
    payments: store.all('payments'),
    refunds: store.all('refunds'),
    disputes: store.all('disputes'),
    events: store.all('events'),
    webhookUrl: deliveries.url,
    faults: faults.list(),
    requests: log.list(),
  });
}

/**
 * Answers `/_sandbox/…`, which Hyperswitch doesn't have: the tests' and the operator's side, JSON in and out, no key (loopback only). A
 * browser's cross-site request is refused by its `Origin`.
 */
export function answerOperator(
  world: World,
  log: RequestLog,
  req: IncomingMessage,
  url: URL,
  text: string,
): OperatorReply {
  if (req.method !== 'GET' && req.headers.origin !== undefined) return refuse(403, 'Not for browsers.');
  const [, what = '', id = '', verb = ''] =
    /^\/_sandbox\/([a-z-]+)(?:\/([\w-]+))?(?:\/([a-z]+))?$/.exec(url.pathname) ?? [];
  const route = `${req.method} ${what}${id === '' ? '' : '/:id'}${verb === '' ? '' : `/${verb}`}`;
  try {
    return operate(world, log, route, id, () => (text === '' ? {} : JSON.parse(text)));
  } catch (error) {
    if (error instanceof z.ZodError) return refuse(400, z.prettifyError(error));
    if (error instanceof SyntaxError) return refuse(400, error.message);
    throw error;
  }
}

function operate(world: World, log: RequestLog, route: string, id: string, body: () => unknown): OperatorReply {
  const { store, faults, deliveries } = world;
  switch (route) {
    case 'GET state':
      return { status: 200, body: readState(world, log) };
    case 'GET payments':
      return { status: 200, body: { payments: store.all('payments') } };
    case 'GET faults':
      return { status: 200, body: { faults: faults.list() } };
    case 'POST faults':
      faults.arm(readFault(body()));
      return { status: 201, body: { faults: faults.list() } };
    case 'DELETE faults':
      faults.clear();
      return { status: 200, body: { faults: [] } };
    case 'POST webhook-url':
      deliveries.setUrl(urlSchema.parse(body()).url);
      return { status: 200, body: { url: deliveries.url } };
    case 'POST events':
      return { status: 201, body: { event_id: sendWebhook(world, eventSchema.parse(body())) } };
    case 'POST events/:id/resend':
      return deliveries.resend(id) ? { status: 200, body: { event_id: id } } : refuse(404, `No event ${id}.`);
    case 'POST payments/:id/confirm': {
      const { outcome, amount_received } = confirmSchema.parse(body());
      return answer(store.get('payments', id), isOpen, row => confirmPayment(world, row, outcome, amount_received));
    }
    case 'POST payments/:id/dispute': {
      const { amount } = disputeSchema.parse(body());
      return answer(store.get('payments', id), wasCaptured, row => openDispute(world, row, amount));
    }
    case 'POST disputes/:id/win':
      return answer(store.get('disputes', id), isUndecided, row => moveDispute(world, row, 'dispute_won'));
    case 'POST disputes/:id/lose':
      return answer(store.get('disputes', id), isUndecided, row => moveDispute(world, row, 'dispute_lost'));
    case 'POST refunds/:id/settle': {
      const { outcome } = settleSchema.parse(body());
      return answer(store.get('refunds', id), isPending, row => settleRefund(world, row, outcome));
    }
    default:
      return refuse(404, `Nothing at ${route}.`);
  }
}

/** A fault from outside, checked. Throws ZodError saying what is wrong. */
export function readFault(given: unknown): HyperswitchFault {
  const { on, fault, times, delayMs, match } = faultSchema.parse(given);
  return {
    on,
    fault,
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(match === undefined ? {} : { match }),
  };
}

/** Puts an operator's own webhook on record and begins to send it; faults match it by its object's payment. Answers its id. */
export function sendWebhook(world: World, { event_type, content, event_id }: OperatorEvent): string {
  const paymentId = content.object['payment_id'];
  return announce(world, event_type, content, typeof paymentId === 'string' ? paymentId : null, event_id);
}

function answer<Row>(row: Row | undefined, may: (row: Row) => boolean, change: (row: Row) => object): OperatorReply {
  if (row === undefined) return refuse(404, 'No such row.');
  if (!may(row)) return refuse(409, 'It is not in a state for that any more.');
  return { status: 200, body: change(row) };
}

function refuse(status: number, error: string): OperatorReply {
  return { status, body: { error } };
}

function wasCaptured(payment: Payment): boolean {
  return payment.amount_received !== null;
}

function isUndecided(dispute: Dispute): boolean {
  return dispute.dispute_status === 'dispute_opened';
}

function isPending(refund: Refund): boolean {
  return refund.status === 'pending';
}
