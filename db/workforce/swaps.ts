import { swapClosesBeforeMs, swapLastsMs } from '../../shared/swap-window.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { WorkCause } from './notifications.ts';
import { tellSwapReturned } from './shift-notices.ts';

const giveBackSql = sql('workforce/assignments/give-back-swaps');

/**
 * Gives swaps that have run out back to those who asked for them, at most `limit`, and tells them. One that is just being
 * taken is left alone. Answers how many.
 */
export async function giveBackSwaps(tx: Transaction, limit: number, cause: WorkCause): Promise<number> {
  const window = { closesBeforeMs: swapClosesBeforeMs, lastsMs: swapLastsMs };
  const returned = await tx.any<{ id: string }>(giveBackSql({ ...window, limit }));
  await tellSwapReturned(
    tx,
    returned.map(({ id }) => id),
    cause,
  );
  return returned.length;
}
