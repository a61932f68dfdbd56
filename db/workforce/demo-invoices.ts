import { weekDayOf } from '../../shared/recurrence.ts';
import { addDays } from '../../shared/warranty.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { billWeek } from './billing.ts';
import type { DemoTenant } from './demo-tenant.ts';
import type { WeekInvoiceStatus } from './invoices.ts';
import type { WorkCause } from './notifications.ts';

/** What has become of the invoices, a week each, the oldest first. The week after them is over, and waits for its bill. */
const fates: readonly WeekInvoiceStatus[] = ['VOID', 'PAID', 'APPROVED', 'DISPUTED', 'PENDING', 'PENDING'];

const settleSql = sql('workforce/demo-tenant/settle-invoices');

/** The Monday with which the demo's past begins. */
export function firstDemoDay(today: string): string {
  return addDays(today, 1 - weekDayOf(today) - 7 * (fates.length + 1));
}

/** Bills the demo's past weeks but the last. Call it last in a transaction, as `billWeek` wants it. */
export async function billDemoWeeks(
  tx: Transaction,
  { id: tenantId, businessId }: DemoTenant,
  firstDay: string,
  cause: WorkCause,
): Promise<void> {
  const ids: (string | null)[] = [];
  for (const week of fates.keys()) {
    const weekStartsOn = addDays(firstDay, 7 * week);
    ids.push((await billWeek(tx, { tenantId, businessId, weekStartsOn }, cause)).invoiceId);
  }
  await tx.many(settleSql({ tenantId, ids, statuses: fates }));
}
