import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoggedRequest, RequestLog } from '../request-log.ts';
import { Alarms } from '../alarms.ts';
import { answerApi } from './api.ts';
import { Deliveries } from './deliveries.ts';
import { Faults, type HyperswitchFault } from './faults.ts';
import {
  answerOperator,
  type HyperswitchSandboxState,
  type OperatorEvent,
  readFault,
  readState,
  sendWebhook,
} from './operator.ts';
import { isOpen, newId, type Rows } from './rows.ts';
import { awaitPayment, awaitRefund, type World } from './settle.ts';
import { Store } from '../store.ts';

const maxBodyBytes = 1_048_576;

export interface HyperswitchSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Loopback unless asked otherwise: it trusts whoever reaches it. */
  host?: string;
  /** The one API key that it accepts; made up unless given. */
  apiKey?: string;
  /** Signs webhooks; made up unless given. With a `file`, give the same each time. */
  webhookSecret?: string;
  /** Where webhooks go; until it is told, here or by `setWebhookUrl`, they wait. Not kept over a restart. */
  webhookUrl?: string;
  /** Where everything but faults, the request log and the webhook URL outlives a restart; memory only unless given. */
  file?: string;
  /** How long after it was made a payment or refund settles by itself; 1,000 unless given. */
  settleAfterMs?: number;
  /** Before a webhook that wasn't taken is sent again, then twice that, up to a minute; 1,000 unless given. */
  firstRetryMs?: number;
  /** The clock, in Unix milliseconds. */
  nowMs?: () => number;
}

export interface HyperswitchSandbox {
  url: string;
  port: number;
  apiKey: string;
  webhookSecret: string;
  /** Where webhooks go from now on; what waited goes out at once. */
  setWebhookUrl: (url: string) => void;
  /** Throws for a fault that doesn't exist. */
  arm: (fault: HyperswitchFault) => void;
  clear: () => void;
  state: () => HyperswitchSandboxState;
  /** Sends a webhook of one's own making, signed like any other, until it is taken. Returns its id. */
  sendWebhook: (event: OperatorEvent) => string;
  stop: () => Promise<void>;
}

/**
 * Starts a server that speaks Hyperswitch's wire protocol for payments and refunds and sends its webhooks, plus `/_sandbox/…` to arm faults,
 * end payments, open disputes and look inside. What was open in the `file` goes on where it stood.
 */
export async function startHyperswitchSandbox(options: HyperswitchSandboxOptions = {}): Promise<HyperswitchSandbox> {
  const nowMs = options.nowMs ?? Date.now;
  const apiKey = options.apiKey ?? `snd_sandbox_${randomBytes(12).toString('hex')}`;
  const webhookSecret = options.webhookSecret ?? randomBytes(32).toString('hex');
  const tables = { payments: new Map(), refunds: new Map(), disputes: new Map(), events: new Map() };
  const store = new Store<Rows>(options.file ?? null, tables);
  const faults = new Faults();
  const alarms = new Alarms(nowMs);
  const firstRetryMs = options.firstRetryMs ?? 1000;
  const deliveries = new Deliveries({ store, faults, alarms, secret: webhookSecret, firstRetryMs, nowMs });
  const world: World = { store, faults, alarms, deliveries, settleAfterMs: options.settleAfterMs ?? 1000, nowMs };
  const log = new RequestLog();

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', 'http://sandbox');
    const text = await readText(req);
    if (text === null) return send(res, 413, { error: { type: 'invalid_request', message: 'Body too large.' } });
    if (url.pathname.startsWith('/_sandbox/')) {
      const { status, body } = answerOperator(world, log, req, url, text);
      return send(res, status, body);
    }
    const logged = startLog(req, url, nowMs());
    log.add(logged);
    const reply = await answerApi({ world, apiKey }, req, url, text, logged);
    if ('kept' in reply) {
      if (reply.kept === 'dropped') res.destroy();
      return; // unanswered: open until the caller gives up
    }
    logged.status = reply.status;
    send(res, reply.status, reply.body, logged.requestId);
  };
  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => {
      if (res.headersSent || res.destroyed) return;
      const message = `The sandbox itself failed: ${error instanceof Error ? error.message : String(error)}`;
      send(res, 500, { error: { type: 'api', code: 'HE_00', message } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox listens on no port.');

  for (const payment of store.all('payments')) if (isOpen(payment)) awaitPayment(world, payment);
  for (const refund of store.all('refunds')) if (refund.status === 'pending') awaitRefund(world, refund);
  if (options.webhookUrl !== undefined) deliveries.setUrl(options.webhookUrl);

  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    apiKey,
    webhookSecret,
    setWebhookUrl: url => deliveries.setUrl(url),
    arm: fault => faults.arm(readFault(fault)),
    clear: () => faults.clear(),
    state: () => readState(world, log),
    sendWebhook: event => sendWebhook(world, event),
    stop: async () => {
      alarms.clear();
      // Requests that a fault left unanswered would keep the server open for ever.
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      faults.clear();
      await Promise.all([closed, deliveries.stop()]);
      alarms.clear();
      store.close();
    },
  };
}

function startLog(req: IncomingMessage, url: URL, at: number): LoggedRequest {
  return {
    requestId: newId('req'),
    at: new Date(at).toISOString(),
    method: req.method ?? '',
    path: url.pathname,
    key: null,
    account: null,
    status: null,
    replayed: false,
    faults: [],
  };
}

function send(res: ServerResponse, status: number, body: unknown, requestId?: string): void {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  if (requestId !== undefined) headers['x-request-id'] = requestId;
  res.writeHead(status, headers).end(JSON.stringify(body));
}

/** The whole body as text, or null when it is over the limit; what follows is read and thrown away. */
async function readText(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? null : Buffer.concat(chunks).toString('utf8');
}
