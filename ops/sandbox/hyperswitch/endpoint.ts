import { z } from 'zod';
import type { FaultSubject } from './faults.ts';
import { invalidBody } from './refusal.ts';
import type { World } from './settle.ts';

/** A request that has passed authentication. */
export interface Call {
  world: World;
  /** The id in the path, '' where the path has none. */
  id: string;
  /** The parsed JSON body; undefined without one. */
  body: unknown;
}

/** One call of Hyperswitch's API. */
export interface Endpoint {
  /** As a fault names it: `payments.create`. */
  name: string;
  method: 'GET' | 'POST';
  path: RegExp;
  /** What an armed fault may match on. */
  subject: (call: Call) => FaultSubject;
  /** Synchronous: returns the 200 body or throws a refusal. It refuses before its first put. */
  run: (call: Call) => object;
}

/** An id that a merchant may choose. */
export const chosenId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
export const metadata = z
  .record(z.string().max(40), z.unknown())
  .refine(object => Object.keys(object).length <= 50, 'at most 50 keys');

/** The body as the endpoint takes it, else 400 `IR_06`. */
export function readBody<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const issues = read.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
  throw invalidBody(issues.join('; '));
}

/** What a fault may match on for a call about a payment: its own id and metadata, or those that the request brings. */
export function subjectOfPayment({ world }: Call, paymentId: unknown, given?: unknown): FaultSubject {
  const payment = typeof paymentId === 'string' ? world.store.get('payments', paymentId) : undefined;
  const own = payment?.metadata ?? undefined;
  return {
    payment_id: typeof paymentId === 'string' ? paymentId : undefined,
    metadata: own ?? z.record(z.string(), z.unknown()).safeParse(given).data,
  };
}
