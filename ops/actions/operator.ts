import type { Connection } from '../../db/connect.ts';
import { writeAudit } from '../../db/core/audit.ts';

/** Who acts, and why, in their own words. */
export interface Operator {
  actor: string;
  reason?: string | undefined;
}

/** Leaves the trace of an operator's verb; call it in the transaction that acts. */
export function leaveTrace(
  tx: Connection,
  operator: Operator,
  entry: { action: string; subject?: string; affected?: number; details?: unknown },
): Promise<void> {
  const { actor, reason } = operator;
  return writeAudit(tx, { actor, ...(reason === undefined ? {} : { reason }), ...entry });
}
