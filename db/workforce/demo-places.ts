import { type ClockInMode, isLate } from '../../shared/clock-in-policy.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { type HourlyRates, payableMinutes, valueOfMinutes } from '../../shared/work-time.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { DemoTenant } from './demo-tenant.ts';
import type { DemoPlace, DemoRole } from './demo-work.ts';

/** A role as it is stored. */
export interface StoredRole extends DemoRole, HourlyRates {
  shiftId: string;
  orderId: string;
  clockInMode: ClockInMode;
  instantBook: boolean;
  lunchBreakMinutes: number;
  paidBreak: boolean;
}

/** `id`: the assignment's. */
export type StoredPlace = DemoPlace<StoredRole> & { id: string };
type AttendedPlace = StoredPlace & { presence: { clockInAt: Date } };
type WorkedPlace = StoredPlace & { presence: { clockInAt: Date; clockOutAt: Date } };

const reviews = [
  [5, 'Would have them again at any time.'],
  [4, 'Good work.'],
  [5, ''],
  [3, 'Came late, stayed longer.'],
  [4, 'Friendly with the guests.'],
] as const;

const insertAssignmentsSql = sql('workforce/demo-tenant/insert-assignments');
const insertAttendanceSql = sql('workforce/demo-tenant/insert-attendance');
const insertTimeCardsSql = sql('workforce/demo-tenant/insert-time-cards');
const insertReviewsSql = sql('workforce/demo-tenant/insert-reviews');

/** Writes down who works where, who came, what that is worth, and what the client thinks of it. */
export async function insertDemoPlaces(
  tx: Transaction,
  { id: tenantId, ownerId }: DemoTenant,
  places: readonly StoredPlace[],
): Promise<void> {
  await tx.many(
    insertAssignmentsSql({
      tenantId,
      ids: places.map(place => place.id),
      roleIds: places.map(place => place.role.id),
      staffIds: places.map(place => place.staffId),
      statuses: places.map(place => place.status),
    }),
  );
  const came = places.filter((place): place is AttendedPlace => place.presence !== null);
  await tx.many(
    insertAttendanceSql({
      tenantId,
      ids: came.map(({ presence }) => uuidV7(presence.clockInAt.getTime())),
      assignmentIds: came.map(place => place.id),
      clockInAt: came.map(({ presence }) => presence.clockInAt),
      clockOutAt: came.map(({ presence }) => presence.clockOutAt),
      methods: came.map(({ role }) => (role.clockInMode === 'NFC_REQUIRED' ? 'NFC' : 'GEO')),
      late: came.map(({ presence, role }) => isLate(presence.clockInAt, role.startsAt)),
    }),
  );
  const worked = came.filter((place): place is WorkedPlace => place.presence.clockOutAt !== null);
  const lines = worked.map(({ role, presence, id: assignmentId }) => {
    const minutes = payableMinutes({ ...role, ...presence });
    return { id: uuidV7(presence.clockOutAt.getTime()), assignmentId, minutes, ...valueOfMinutes(minutes, role) };
  });
  await tx.many(
    insertTimeCardsSql({
      tenantId,
      ids: lines.map(line => line.id),
      assignmentIds: lines.map(line => line.assignmentId),
      minutes: lines.map(line => line.minutes),
      amountCents: lines.map(line => line.amountCents),
      payCents: lines.map(line => line.payCents),
      savingCents: lines.map(line => line.savingCents),
    }),
  );
  const reviewed = worked.filter((_, index) => index % 6 === 0);
  const reviewOf = (index: number) => reviews[index % reviews.length] as (typeof reviews)[number];
  await tx.many(
    insertReviewsSql({
      tenantId,
      createdBy: ownerId,
      ids: reviewed.map(() => uuidV7()),
      assignmentIds: reviewed.map(place => place.id),
      ratings: reviewed.map((_, index) => reviewOf(index)[0]),
      comments: reviewed.map((_, index) => reviewOf(index)[1]),
    }),
  );
}
