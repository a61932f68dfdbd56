import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { BusinessKey } from './business-key.ts';

export interface HomeSpending {
  /** Worked since Monday. */
  weekCents: number;
  /** Ordered for the seven days from tomorrow, every place filled. */
  projectedCents: number;
}

const spendingSql = sql('workforce/client-home/spending', { replan: true });

export function getHomeSpending(db: Connection, business: BusinessKey): Promise<HomeSpending> {
  return db.one<HomeSpending>(spendingSql({ ...business }));
}
