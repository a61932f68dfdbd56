import { paymentEvent } from '../../shared/jobs/payment-event.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { raiseAlert } from '../core/alerts.ts';
import { insertJob } from '../insert-job.ts';
import { sql } from '../sql.ts';
import type { OrderCause } from './order-rules.ts';

/** A webhook of the payment provider, as it came. */
export interface PaymentEventRow {
  id: string;
  eventKey: string;
  eventType: string;
  body: string;
  deliveries: number;
  receivedAt: Date;
  handledAt: Date | null;
  /** What it came to, in a word. */
  outcome: string | null;
}

const recordSql = sql('marketplace/payment-events/record');
const getSql = sql('marketplace/payment-events/get');
const handledSql = sql('marketplace/payment-events/handled');
const reapSql = sql('marketplace/payment-events/reap');
const refuseSql = sql('marketplace/refused-webhooks/insert');
const reapRefusedSql = sql('marketplace/refused-webhooks/reap');

/**
 * Records a delivery; the first one of its event also makes the job that acts on it. False for a repeated one: if its body is
 * another, nothing of that is acted on, and a person is told.
 */
export async function recordPaymentEvent(
  tx: Transaction,
  event: { eventKey: string; eventType: string; body: string; sha256: Buffer; address: string },
  cause: OrderCause,
): Promise<boolean> {
  const { id, isNew, isSame } = await tx.one<{ id: string; isNew: boolean; isSame: boolean }>(
    recordSql({ ...event, id: uuidV7() }),
  );
  if (isNew) await insertJob(tx, paymentEvent, { eventId: id }, { owner: 'system', ...cause });
  if (!isSame) {
    const details = { eventType: event.eventType, sha256: event.sha256.toString('hex') };
    await raiseAlert(tx, { kind: 'webhook_differs', subject: id, details });
  }
  return isNew;
}

export function getPaymentEvent(db: Connection, id: string): Promise<PaymentEventRow | null> {
  return db.oneOrNone<PaymentEventRow>(getSql({ id }));
}

export async function markEventHandled(tx: Transaction, id: string, outcome: string): Promise<void> {
  await tx.oneOrNone(handledSql({ id, outcome }));
}

/** Notes a delivery whose signature was wrong: who and how much, nothing of what it said. */
export async function recordRefusedWebhook(
  db: Connection,
  refused: { sha256: Buffer; sizeBytes: number; address: string },
): Promise<void> {
  await db.one(refuseSql({ ...refused, id: uuidV7() }));
}

/** Deletes deliveries older than `keepMs`, at most `limit` of each kind. Answers how many. */
export async function reapPaymentEvents(db: Connection, keepMs: number, limit: number): Promise<number> {
  const events = await db.any(reapSql({ keepMs, limit }));
  const refused = await db.any(reapRefusedSql({ keepMs, limit }));
  return Math.max(events.length, refused.length);
}
