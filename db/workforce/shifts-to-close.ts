import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

export interface ShiftToClose {
  id: string;
  tenantId: string;
  endsAt: Date;
}

const listSql = sql('workforce/shifts/list-to-close');
const firstId = '00000000-0000-0000-0000-000000000000';

/** Shifts that ended an hour ago or earlier, anyone's, where nobody is clocked in; in the order of their ends, beyond `after`. */
export function listShiftsToClose(db: Connection, after: ShiftToClose | null, limit: number): Promise<ShiftToClose[]> {
  const { endsAt, id } = after ?? { endsAt: new Date(0), id: firstId };
  return db.any<ShiftToClose>(listSql({ afterEndsAt: endsAt, afterId: id, limit }));
}
