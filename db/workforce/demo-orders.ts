import { recurringDays, wallClock } from '../../shared/recurrence.ts';
import { addDays } from '../../shared/warranty.ts';
import type { Transaction } from '../connect.ts';
import type { DemoTenant } from './demo-tenant.ts';
import type { HubRow } from './hubs.ts';
import { daysOf, lastDayOf, type OrderDays } from './order-days.ts';
import { pricePositions } from './order-positions.ts';
import { insertOrder, type PositionWish } from './orders.ts';
import { insertShifts } from './shifts-write.ts';

interface DemoOrder extends OrderDays {
  hub: HubRow;
  eventName: string;
  positions: PositionWish[];
}

const events = ['Harbor gala', 'Trade fair', 'Garden wedding', 'Board dinner', 'Product launch'];
const aheadDays = 14;
const hourMs = 3_600_000;

/**
 * What the demo's customer has ordered: the floor of a restaurant on weekdays, a kitchen for good, an event each Friday, and one
 * that goes on right now; from a day on until two weeks from now.
 */
export async function placeDemoOrders(
  tx: Transaction,
  tenant: DemoTenant,
  { from, now }: { from: string; now: Date },
): Promise<void> {
  const { id: tenantId, businessId, ownerId: createdBy } = tenant;
  for (const { hub, ...order } of demoOrders(tenant, from, now)) {
    const wish = { ...order, tenantId, businessId, hubId: hub.id, createdBy };
    const priced = await pricePositions(tx, { tenantId, vendorId: null }, order.positions);
    const expandedTo = lastDayOf(order, wallClock(hub.timeZone).dayOf(now));
    const { id } = await insertOrder(tx, { ...wish, ...priced, expandedTo });
    const { positions } = priced;
    const days = daysOf(order, order.startsOn, expandedTo);
    await insertShifts(tx, { id, tenantId, positions, timeZone: hub.timeZone }, days);
  }
}

function demoOrders({ hubs, roleIds }: DemoTenant, from: string, now: Date): DemoOrder[] {
  const { hall, pavilion, kitchen } = hubs;
  const today = wallClock(pavilion.timeZone).dayOf(now);
  const until = addDays(today, aheadDays);
  const once = (day: string) => ({
    type: 'ONE_TIME' as const,
    startsOn: day,
    endsOn: day,
    weekDays: [],
    horizonDays: null,
  });
  const position = (roleId: string, workersNeeded: number, startTime: string, endTime: string): PositionWish => ({
    roleId,
    workersNeeded,
    startTime,
    endTime,
    lunchBreakMinutes: 30,
    paidBreak: false,
    // A cook is chosen.
    instantBook: roleId !== roleIds.cook,
  });
  const live = liveTimes(pavilion.timeZone, now);
  return [
    {
      hub: hall,
      eventName: 'Restaurant floor',
      type: 'RECURRING',
      startsOn: from,
      endsOn: until,
      weekDays: [1, 2, 3, 4, 5],
      horizonDays: null,
      positions: [position(roleIds.server, 4, '10:00', '18:00'), position(roleIds.cook, 2, '09:00', '17:00')],
    },
    {
      hub: kitchen,
      eventName: 'Prep kitchen',
      type: 'PERMANENT',
      startsOn: from,
      endsOn: null,
      weekDays: [1, 2, 3, 4, 5, 6],
      horizonDays: aheadDays,
      positions: [position(roleIds.helper, 3, '06:00', '14:00')],
    },
    ...recurringDays(from, until, [5]).map((friday, index) => ({
      ...once(friday),
      hub: pavilion,
      eventName: events[index % events.length] as string,
      positions: [position(roleIds.server, 5, '16:00', '23:30'), position(roleIds.bartender, 2, '16:00', '23:30')],
    })),
    {
      ...once(today),
      hub: pavilion,
      eventName: 'Open house',
      positions: [
        position(roleIds.server, 4, live.start, live.end),
        position(roleIds.bartender, 1, live.start, live.end),
      ],
    },
  ];
}

/** Eight hours of which two have gone, unless the day is younger than that. */
function liveTimes(timeZone: string, now: Date): { start: string; end: string } {
  const clock = wallClock(timeZone);
  const begun = new Date(now.getTime() - 2 * hourMs);
  const start = clock.dayOf(begun) === clock.dayOf(now) ? clock.timeOf(begun) : '00:00';
  const hours = (Number(start.slice(0, 2)) + 8) % 24;
  return { start, end: `${String(hours).padStart(2, '0')}${start.slice(2)}` };
}
