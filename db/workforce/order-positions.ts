import { Fault } from '../../shared/fault.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { Position, PositionWish } from './orders.ts';

/** What an edit says of one position; what it leaves out stays as it is. */
export type PositionChange = { [Field in keyof PositionWish]?: PositionWish[Field] | undefined } & {
  /** Which of the order's positions is meant, from 1; one more than there are adds one. Else the role tells. */
  positionNo?: number | undefined;
  roleId: string;
};

interface VendorRole {
  id: string;
  vendorId: string;
  name: string;
  rateCents: number;
  payRateCents: number;
  marketRateCents: number;
}

export const maxPositions = 50;

const priceSql = sql('workforce/vendor-roles/price');
const findVendorSql = sql('workforce/vendor-roles/find-vendor');

/**
 * Positions at their vendor's rates of this moment. Throws `Fault`: `not_found` for a role, or the vendor asked for, that the
 * tenant hasn't; `unprocessable` for roles of several vendors, or of another than the one asked for.
 */
export async function pricePositions(
  db: Connection,
  { tenantId, vendorId }: { tenantId: string; vendorId: string | null },
  wishes: readonly PositionWish[],
): Promise<{ vendorId: string; positions: Position[] }> {
  if (vendorId !== null && !(await db.oneOrNone(findVendorSql({ tenantId, vendorId }))))
    throw new Fault('not_found', 'There is no such vendor.', { reason: 'VENDOR_NOT_FOUND' });
  const ids = [...new Set(wishes.map(wish => wish.roleId))];
  const roles = new Map((await db.any<VendorRole>(priceSql({ tenantId, ids }))).map(role => [role.id, role]));
  const priced = wishes.map(wish => {
    const role = roles.get(wish.roleId);
    if (!role)
      throw new Fault('not_found', 'There is no such role.', {
        reason: 'ROLE_NOT_FOUND',
        details: { roleId: wish.roleId },
      });
    const { id: _, vendorId: by, ...rest } = role;
    return { by, position: { ...wish, ...rest } };
  });
  const of = vendorId ?? priced[0]?.by;
  if (of === undefined || priced.some(({ by }) => by !== of))
    throw new Fault('unprocessable', 'The roles of an order are all of one vendor.', { reason: 'VENDOR_MISMATCH' });
  return { vendorId: of, positions: priced.map(({ position }) => position) };
}

/**
 * An order's positions, changed: first those that it has, in their order, then the new ones, which have no rates yet. One
 * that nobody is needed for any more keeps its place, so that the numbers of the others stay. Throws `Fault` for a change
 * whose position can't be told, or that leaves nothing to be worked.
 */
export function changePositions(
  positions: readonly Position[],
  changes: readonly PositionChange[],
): { kept: Position[]; added: PositionWish[] } {
  const kept = positions.map(position => ({ ...position }));
  const added: PositionWish[] = [];
  for (const { positionNo, ...change } of changes) {
    const index = findPosition(positions, { positionNo, ...change }, added.length);
    const before = kept[index];
    if (before) Object.assign(before, withoutUndefined(change));
    else added.push(newPosition(change));
  }
  const all = [...kept, ...added];
  if (all.length > maxPositions)
    throw new Fault('unprocessable', `An order has at most ${maxPositions} positions.`, {
      reason: 'TOO_MANY_POSITIONS',
    });
  if (all.every(position => position.workersNeeded === 0))
    throw new Fault('unprocessable', 'Nobody would be needed any more: cancel the order instead.', {
      reason: 'NO_WORKERS_NEEDED',
    });
  for (const { startTime, endTime } of all) {
    if (startTime === endTime)
      throw new Fault('invalid', 'A position must not end when it starts.', { reason: 'INVALID_TIMES' });
  }
  return { kept, added };
}

/** Where the changed position is; beyond the last one for a new one. */
function findPosition(positions: readonly Position[], change: PositionChange, added: number): number {
  const { positionNo, roleId, startTime, endTime } = change;
  if (positionNo !== undefined) {
    const position = positions[positionNo - 1];
    if ((position && position.roleId !== roleId) || positionNo > positions.length + added + 1)
      throw new Fault('unprocessable', 'The order has no such position of this role.', {
        reason: 'POSITION_NOT_FOUND',
        details: { positionNo, roleId },
      });
    return positionNo - 1;
  }
  const ofRole = positions.flatMap((position, index) => (position.roleId === roleId ? [index] : []));
  const sameTimes = ofRole.filter(
    index => positions[index]?.startTime === startTime && positions[index]?.endTime === endTime,
  );
  const [found = positions.length, another] = ofRole.length > 1 ? sameTimes : ofRole;
  if (another !== undefined || (ofRole.length > 1 && sameTimes.length === 0))
    throw new Fault('unprocessable', 'The order has several positions of this role: name one by its positionNo.', {
      reason: 'AMBIGUOUS_POSITION',
      details: { roleId, positionNos: ofRole.map(index => index + 1) },
    });
  return found;
}

function newPosition(change: Omit<PositionChange, 'positionNo'>): PositionWish {
  const { roleId, workersNeeded, startTime, endTime } = change;
  if (workersNeeded === undefined || startTime === undefined || endTime === undefined)
    throw new Fault('invalid', 'A new position needs workersNeeded, startTime and endTime.', {
      reason: 'INCOMPLETE_POSITION',
      details: { roleId },
    });
  const { lunchBreakMinutes = 0, paidBreak = false, instantBook = false } = change;
  return { roleId, workersNeeded, startTime, endTime, lunchBreakMinutes, paidBreak, instantBook };
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;
}
