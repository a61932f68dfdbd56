import { randomUUID } from 'node:crypto';
import { Fault } from '../../shared/fault.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** Of a tenant. */
const maxPerMinute = 10;

const lockSql = sql('fieldservice/invoice-sends/lock');
const recentSql = sql('fieldservice/invoice-sends/recent');
const insertSql = sql('fieldservice/invoice-sends/insert');

/** One at a time invoices or sends for a tenant. */
export async function lockSends(tx: Transaction, tenantId: string): Promise<void> {
  await tx.one(lockSql({ tenantId }));
}

/** Counts a send, under the tenant's lock. Answers its id. Throws `Fault('rate_limited')` after ten within a minute. */
export async function recordSend(
  tx: Transaction,
  send: { tenantId: string; entryId: string; userId: string },
): Promise<string> {
  const { tenantId } = send;
  await lockSends(tx, tenantId);
  const { sends, freesInS } = await tx.one<{ sends: number; freesInS: number | null }>(recentSql({ tenantId }));
  if (sends >= maxPerMinute)
    throw new Fault('rate_limited', `A tenant may send ${maxPerMinute} invoices a minute; wait a moment.`, {
      reason: 'RATE_LIMITED',
      retryAfterS: freesInS ?? 1,
    });
  const id = randomUUID();
  await tx.one(insertSql({ id, ...send }));
  return id;
}
