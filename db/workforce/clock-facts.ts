import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import {
  type ClockDecision,
  type ClockInMode,
  clockInModeOf,
  clockInOpensBeforeMs,
  type ClockInPolicy,
  type Refusal,
} from '../../shared/clock-in-policy.ts';
import { Fault } from '../../shared/fault.ts';
import type { HourlyRates } from '../../shared/work-time.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { lockShift } from './shift-places.ts';

export interface OwnAssignment {
  tenantId: string;
  staffId: string;
  assignmentId: string;
}

/** All that a clock-in or clock-out depends on. */
export interface ClockFacts extends HourlyRates {
  id: string;
  status: AssignmentStatus;
  shiftId: string;
  businessId: string;
  startsAt: Date;
  endsAt: Date;
  shiftMode: ClockInMode | null;
  hubId: string;
  hubMode: ClockInMode;
  nfcTagId: string | null;
  latitude: number | null;
  longitude: number | null;
  radiusMeters: number;
  overrideAllowed: boolean;
  workDate: string;
  roleName: string;
  lunchBreakMinutes: number;
  paidBreak: boolean;
  /** By the database's clock. */
  now: Date;
}

const findShiftSql = sql('workforce/attendance/find-shift');
const factsSql = sql('workforce/attendance/get-facts');

/** Holds the shift's order, then the assignment. Throws `Fault('not_found')`. */
export async function holdClockFacts(
  tx: Transaction,
  own: OwnAssignment,
): Promise<{ orderId: string; facts: ClockFacts }> {
  const found = await tx.oneOrNone<{ shiftId: string }>(findShiftSql({ ...own }));
  if (!found) throw new Fault('not_found', 'You have no such assignment.', { reason: 'ASSIGNMENT_NOT_FOUND' });
  const orderId = await lockShift(tx, { tenantId: own.tenantId, shiftId: found.shiftId });
  return { orderId, facts: await tx.one<ClockFacts>(factsSql({ ...own })) };
}

/** Throws `Fault('conflict')` unless the worker has a place, has not been here, and comes in time. */
export function checkMayClockIn({ status, startsAt, endsAt, now }: ClockFacts): void {
  if (status === 'CHECKED_IN' || status === 'CHECKED_OUT' || status === 'COMPLETED')
    throw new Fault('conflict', 'You have clocked in at this shift.', { reason: 'ALREADY_CLOCKED_IN' });
  if (status !== 'ASSIGNED' && status !== 'ACCEPTED')
    throw new Fault('conflict', 'You have no place in this shift.', { reason: 'NOT_ASSIGNED', details: { status } });
  const opensAt = new Date(startsAt.getTime() - clockInOpensBeforeMs);
  if (now < opensAt || now > endsAt)
    throw new Fault('conflict', 'Clocking in is possible from an hour before the start to the end.', {
      reason: 'CLOCK_IN_WINDOW',
      details: { opensAt: opensAt.toISOString(), closesAt: endsAt.toISOString() },
    });
}

export function policyOf(facts: ClockFacts): ClockInPolicy {
  const { shiftMode, hubMode, nfcTagId, latitude, longitude, radiusMeters, overrideAllowed } = facts;
  return {
    mode: clockInModeOf(shiftMode, hubMode),
    nfcTagId,
    center: latitude === null || longitude === null ? null : { latitude, longitude },
    radiusMeters,
    overrideAllowed,
  };
}

const refusals: Record<Refusal, ['forbidden' | 'invalid', string]> = {
  NFC_MISMATCH: ['forbidden', 'This tag is not the one of your place of work.'],
  NFC_REQUIRED: ['forbidden', 'At this shift one clocks in with the tag on the spot.'],
  GEO_REQUIRED: ['invalid', 'At this shift one clocks in with latitude and longitude.'],
  NFC_OR_GEO_REQUIRED: ['invalid', 'Show nfcTagId, or latitude and longitude.'],
  OUTSIDE_GEOFENCE: ['forbidden', 'You are not at your place of work, as far as your position tells.'],
};

/** The decision, if it admits. Throws `Fault`: `forbidden`, or `invalid` where something is missing. */
export function admitted<Method>(decision: ClockDecision<Method>): Extract<ClockDecision<Method>, { admitted: true }> {
  if (decision.admitted) return decision;
  const { why, distanceMeters } = decision;
  const [code, message] = refusals[why];
  const details = distanceMeters === null ? {} : { distanceMeters: Math.round(distanceMeters) };
  throw new Fault(code, message, { reason: why, details });
}
