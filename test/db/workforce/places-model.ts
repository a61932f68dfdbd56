import fc from 'fast-check';
import { bookedStatuses } from '../../../shared/assignment-state.ts';

export interface Assignment {
  id: string;
  roleId: string;
  shiftId: string;
  staffId: string;
  status: string;
  replacesId: string | null;
  startsAt: Date;
  endsAt: Date;
}

export interface Role {
  id: string;
  shiftId: string;
  needed: number;
  booked: number;
  instantBook: boolean;
  startsAt: Date;
  endsAt: Date;
}

export interface World {
  roles: Role[];
  assignments: Assignment[];
}

export const isBooked = ({ status }: { status: string }) => (bookedStatuses as readonly string[]).includes(status);
export const isLive = ({ status }: { status: string }) => !['DECLINED', 'CANCELLED', 'NO_SHOW'].includes(status);
export const overlap = (a: { startsAt: Date; endsAt: Date }, b: { startsAt: Date; endsAt: Date }) =>
  a.startsAt < b.endsAt && b.startsAt < a.endsAt;

const who = fc.nat({ max: 4 });
const where = fc.nat({ max: 4 });
const act = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('apply' as const), who, where, instantBook: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('accept' as const), who, where }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('decline' as const), who, where }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('swap' as const), who, where }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('assign' as const), who, where }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), who, where }) },
);
export type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;
/** Each wave is done all at once. */
export const story = fc.array(fc.array(act, { minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 12 });

/** What a step that is alone must come to. */
export function foretell(step: Act, { roles, assignments }: World, staff: string[]): string {
  const staffId = staff[step.who] as string;
  const role = roles[step.where] as Role;
  const ours = assignments.filter(one => one.staffId === staffId);
  const inRole = ours.find(one => one.roleId === role.id && isLive(one));
  const busy = ours.some(one => isBooked(one) && overlap(one, role));
  const free = role.booked < role.needed;
  const inShift = ours.filter(one => one.shiftId === role.shiftId);
  const has = (...statuses: string[]) => inShift.some(({ status }) => statuses.includes(status));
  switch (step.do) {
    case 'apply': {
      const pool = assignments.some(one => one.roleId === role.id && one.status === 'SWAP_REQUESTED');
      if (inRole) return 'ALREADY_APPLIED';
      if (busy) return 'SHIFT_OVERLAP';
      if (free && role.instantBook && step.instantBook) return 'ASSIGNED';
      if (pool) return 'ASSIGNED';
      return free ? 'PENDING' : 'SHIFT_FULL';
    }
    case 'assign':
      if (inRole && inRole.status !== 'PENDING') return 'ALREADY_ASSIGNED';
      if (busy) return 'SHIFT_OVERLAP';
      return free ? 'ASSIGNED' : 'SHIFT_FULL';
    case 'accept':
      if (inShift.length === 0) return 'SHIFT_NOT_FOUND';
      return has('ASSIGNED') ? 'ACCEPTED' : 'NOT_ASSIGNED';
    case 'decline':
      if (inShift.length === 0) return 'SHIFT_NOT_FOUND';
      return has('PENDING', 'ASSIGNED', 'ACCEPTED') ? 'DECLINED' : 'NOT_DECLINABLE';
    case 'swap':
      if (inShift.length === 0) return 'SHIFT_NOT_FOUND';
      return has('ACCEPTED') ? 'SWAP_REQUESTED' : 'NOT_ACCEPTED';
    default:
      return 'expired';
  }
}
