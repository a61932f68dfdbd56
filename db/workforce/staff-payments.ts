import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { OwnDays } from './availability.ts';

/** By the bill that the client gets for the work: not made yet, made, paid. */
export const paymentStatuses = ['PENDING', 'PROCESSING', 'PAID'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** What one attendance has earned its worker. */
export interface EarningRow {
  id: string;
  assignmentId: string;
  workDate: string;
  roleName: string;
  minutes: number;
  payRateCents: number;
  payCents: number;
  hubName: string;
  businessName: string;
  eventName: string;
  clockInAt: Date;
  clockOutAt: Date;
  paymentStatus: PaymentStatus;
}

export interface EarningsSum {
  shifts: number;
  minutes: number;
  totalCents: number;
  paidCents: number;
}

export const chartBuckets = ['day', 'week', 'month'] as const;
export type ChartBucket = (typeof chartBuckets)[number];

export interface EarningsBucket {
  /** A day, a Monday, the first of a month. */
  startsOn: string;
  minutes: number;
  payCents: number;
}

const pageSql = sql('workforce/time-card-lines/page');
const sumSql = sql('workforce/time-card-lines/sum');
const chartSql = sql('workforce/time-card-lines/chart');

const last = { workDate: '9999-01-01', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** The latest first; one more than `limit` where there is one. */
export function listEarnings(
  db: Connection,
  days: OwnDays,
  { after, limit }: { after: { workDate: string; id: string } | null; limit: number },
): Promise<EarningRow[]> {
  const { workDate: beforeDate, id: beforeId } = after ?? last;
  return db.any<EarningRow>(pageSql({ ...days, beforeDate, beforeId, limit: limit + 1 }));
}

export function sumEarnings(db: Connection, days: OwnDays): Promise<EarningsSum> {
  return db.one<EarningsSum>(sumSql({ ...days }));
}

/** Every day, week or month of the range, worked in or not. */
export function chartEarnings(db: Connection, days: OwnDays, bucket: ChartBucket): Promise<EarningsBucket[]> {
  return db.any<EarningsBucket>(chartSql({ ...days, bucket }));
}
