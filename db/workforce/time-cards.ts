import { uuidV7 } from '../../shared/uuid.ts';
import { type HourlyRates, payableMinutes, valueOfMinutes, type WorkedTime } from '../../shared/work-time.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** A closed attendance, with all that its worth depends on. */
export interface FinishedWork extends WorkedTime, HourlyRates {
  tenantId: string;
  businessId: string;
  staffId: string;
  assignmentId: string;
  hubId: string;
  roleName: string;
  /** On which the role began, in the hub's time zone. */
  workDate: string;
}

/** What the worker sees of it. */
export interface TimeCardLine {
  id: string;
  workDate: string;
  minutes: number;
  payCents: number;
}

const insertSql = sql('workforce/time-card-lines/insert');

/** Writes down what a closed attendance is worth to each side. */
export function insertTimeCardLine(tx: Transaction, work: FinishedWork): Promise<TimeCardLine> {
  const { tenantId, businessId, staffId, assignmentId, hubId, roleName, workDate } = work;
  const { rateCents, payRateCents, marketRateCents } = work;
  const minutes = payableMinutes(work);
  return tx.one<TimeCardLine>(
    insertSql({
      id: uuidV7(),
      tenantId,
      businessId,
      staffId,
      assignmentId,
      hubId,
      category: roleName,
      workDate,
      minutes,
      rateCents,
      payRateCents,
      marketRateCents,
      ...valueOfMinutes(minutes, work),
    }),
  );
}
