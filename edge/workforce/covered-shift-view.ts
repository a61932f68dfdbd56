import { z } from 'zod';
import { cameStatuses, type PlacedWorker } from '../../db/workforce/coverage.ts';
import type { OrderedShift, ShiftRole } from '../../db/workforce/order-reads.ts';
import { assignmentStatuses } from '../../shared/assignment-state.ts';
import { shiftFields, shiftRoleSchema, viewShiftFields, viewShiftRole } from './ordered-shift-view.ts';
import { coverageOf } from './percent.ts';

const workerSchema = z.strictObject({
  assignmentId: z.uuid(),
  staffId: z.uuid(),
  fullName: z.string(),
  status: z.enum(assignmentStatuses),
  checkIn: z
    .enum(['EXPECTED', 'LATE', 'CHECKED_IN', 'CHECKED_OUT', 'NO_SHOW'])
    .describe('`LATE`: should have clocked in by now and has not'),
  late: z.boolean().describe('Is late, or came late'),
  clockInAt: z.iso.datetime().nullable(),
  clockOutAt: z.iso.datetime().nullable(),
});

/** A shift with everybody who works it. */
export const coveredShiftSchema = z.strictObject({
  ...shiftFields,
  coveragePercent: z.number().describe('Confirmed, of the needed; 100 where nobody is needed'),
  roles: z.array(shiftRoleSchema.extend({ workers: z.array(workerSchema) })),
});

/**
 * @param roles the shift's own.
 * @param workers of this shift and of others.
 */
export function viewCoveredShift(
  shift: OrderedShift,
  roles: readonly ShiftRole[],
  workers: readonly PlacedWorker[],
): z.output<typeof coveredShiftSchema> {
  const fields = viewShiftFields(shift, roles);
  return {
    ...fields,
    coveragePercent: coverageOf(fields.workersConfirmed, fields.workersNeeded),
    roles: roles.map(role => ({
      ...viewShiftRole(role),
      workers: workers.filter(({ roleId }) => roleId === role.id).map(viewWorker),
    })),
  };
}

function viewWorker(worker: PlacedWorker): z.output<typeof workerSchema> {
  const { assignmentId, staffId, fullName, status, clockInAt, clockOutAt, cameLate } = worker;
  const checkIn = checkInOf(worker);
  return {
    assignmentId,
    staffId,
    fullName,
    status,
    checkIn,
    late: cameLate || checkIn === 'LATE',
    clockInAt: clockInAt?.toISOString() ?? null,
    clockOutAt: clockOutAt?.toISOString() ?? null,
  };
}

function checkInOf({ status, overdue }: PlacedWorker): z.output<typeof workerSchema>['checkIn'] {
  if (status === 'NO_SHOW' || status === 'CHECKED_IN') return status;
  if (cameStatuses.some(came => came === status)) return 'CHECKED_OUT';
  return overdue ? 'LATE' : 'EXPECTED';
}
