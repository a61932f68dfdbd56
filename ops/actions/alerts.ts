import type { Connection } from '../../db/connect.ts';
import { type AlertRow, closeAlert as close, listAlerts, type ListedAlert } from '../../db/core/alerts.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { isUuid } from '../../shared/uuid.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** Alerts, those that were raised last first. `nextBeforeId` is null at the end. */
export async function findAlerts(
  deps: { db: Connection },
  { state, beforeId = null, limit = 50 }: { state: 'open' | 'closed'; beforeId?: string | null; limit?: number },
): Promise<{ alerts: ListedAlert[]; nextBeforeId: string | null }> {
  const rows = await listAlerts(deps.db, { isOpen: state === 'open', beforeId, limit: limit + 1 });
  const alerts = rows.slice(0, limit);
  return { alerts, nextBeforeId: rows.length > limit ? (alerts.at(-1)?.id ?? null) : null };
}

/** Closes what a person has looked at. Raised once more, it opens anew. Fault: `not_found` if it is not open. */
export function closeAlert(deps: TransactDeps, { id }: { id: string }, operator: Operator): Promise<AlertRow> {
  return transact(deps, async tx => {
    const alert = isUuid(id) ? await close(tx, id) : null;
    if (!alert) throw new Fault('not_found', 'There is no such open alert; somebody may have closed it.');
    const { kind, subject, count } = alert;
    await leaveTrace(tx, operator, { action: 'alert.close', subject: id, details: { kind, subject, count } });
    return alert;
  });
}
