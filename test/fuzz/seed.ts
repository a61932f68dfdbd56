import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fieldChanges } from '../../ops/demo-data/field-records.ts';
import { addDays, utcDay } from '../../shared/warranty.ts';
import { askFor } from '../edge/workforce/profile-calls.ts';
import type { Field } from '../support/field.ts';
import type { Market } from '../support/market.ts';
import { addWorkers, billWork, placeWorker } from '../support/placed-work.ts';
import type { Staffing, Vendor, Worker } from '../support/staffing.ts';

const hourMs = 3_600_000;

/** Buyers who have paid for something of sellers who can be paid; and somebody to sign out. */
export async function seedMarket(market: Market) {
  const [buyers, sellers] = await Promise.all([
    Promise.all([market.join(), market.join(), market.join()]),
    Promise.all([market.joinSeller(), market.joinSeller()]),
  ]);
  const products = await Promise.all(sellers.flatMap(({ id }) => [market.addProduct(id), market.addProduct(id)]));
  for (const buyer of buyers.slice(0, 2)) await market.paidOrder(buyer, products);
  const [admin, leaver] = await Promise.all([market.join('admin'), market.join()]);
  return { buyers, sellers, admin, leaver };
}

/** A tenant with two customers, shifts that were, are and will be, and people in them in every state. */
export async function seedStaffing(staffing: Staffing) {
  const tenant = await staffing.addTenant();
  const client = await staffing.addClient(tenant);
  const colleague = await staffing.addClient(tenant, { businessId: client.businessId, role: 'CLIENT_MANAGER' });
  const other = await staffing.addClient(tenant);
  const vendor = await staffing.addVendor(tenant);
  const hubs = [
    await staffing.addHub(client, tenant),
    await staffing.addHub(client, tenant, { timeZone: 'UTC', nfcTagId: 'tag-1' }),
  ];
  const otherHub = await staffing.addHub(other, tenant);
  const workers = await addWorkers(staffing, tenant, 5);
  const shiftIn = (hours: number, of = client, hub = hubs[0]!, instantBook = false) =>
    staffing.addShift(tenant, of, hub, vendor, {
      startsAt: new Date(Date.now() + hours * hourMs),
      needed: 4,
      instantBook,
    });
  const lastWeek = addDays(utcDay(new Date()), -7);
  for (const [index, worker] of workers.entries()) {
    const done = await placeWorker(staffing, await shiftIn(-100 - index), worker, 'CHECKED_OUT');
    await billWork(staffing, done, { minutes: 480, amountCents: 20_000, workDate: lastWeek });
  }
  const [first, second, third, fourth] = workers as [Worker, Worker, Worker, Worker];
  await placeWorker(staffing, await shiftIn(-1), first, 'ACCEPTED');
  await placeWorker(staffing, await shiftIn(-2), second, 'CHECKED_IN');
  await placeWorker(staffing, await shiftIn(0.2, client, hubs[1]), third, 'ACCEPTED');
  for (const worker of workers.slice(3)) await placeWorker(staffing, await shiftIn(0.1), worker, 'ACCEPTED');
  const soon = await shiftIn(30);
  await placeWorker(staffing, soon, first, 'ASSIGNED');
  await placeWorker(staffing, soon, second, 'ACCEPTED');
  await placeWorker(staffing, soon, third, 'SWAP_REQUESTED');
  for (let day = 2; day < 8; day += 1)
    await shiftIn(24 * day, day % 2 ? client : other, day % 2 ? hubs[0] : otherHub, day % 3 === 0);
  await placeWorker(staffing, await shiftIn(60, other, otherHub), fourth, 'ASSIGNED');
  for (const kind of ['DOCUMENT', 'ATTIRE'] as const) await askFor(staffing, tenant, kind, `A ${kind.toLowerCase()}`);
  const operator = await staffing.key({ operator: true });
  for (const weekStartsOn of [mondayBefore(lastWeek), mondayBefore(addDays(lastWeek, 7))]) {
    const job = { token: operator, body: { weekStartsOn }, headers: { prefer: 'wait=20' }, key: null };
    const { status, text } = await staffing.call('POST', '/jobs/billing-scan', job);
    assert.ok(status < 300 || status === 409, text);
  }
  return {
    tenant,
    clients: [client, colleague, other] as const,
    orders: {
      [client.userId]: ordersAt(hubs[0]!, vendor),
      [colleague.userId]: ordersAt(hubs[1]!, vendor),
      [other.userId]: ordersAt(otherHub, vendor),
    },
    workers,
    reviewer: await staffing.addOther(tenant, 'REVIEWER'),
    admin: await staffing.addOther(tenant, 'TENANT_ADMIN'),
    leavers: { client: await staffing.addClient(tenant), worker: await staffing.addWorker(tenant) },
  };
}

/** Operation → a body of it that is good: hardly any that is drawn names a hub, roles of one vendor and days that fit. */
function ordersAt(hubId: string, { roleIds }: Vendor): Record<string, object> {
  const [startDate, endDate] = [3, 20].map(days => addDays(utcDay(new Date()), days));
  const positions = [{ roleId: roleIds[0], workersNeeded: 2, startTime: '09:00', endTime: '17:00' }];
  const order = { hubId, eventName: 'Dinner', positions };
  return {
    'POST /client/orders/one-time': { ...order, orderDate: startDate },
    'POST /client/orders/recurring': { ...order, startDate, endDate, recurrenceDays: [1, 4, 6] },
    'POST /client/orders/permanent': { ...order, startDate, daysOfWeek: [2, 5] },
    'POST /commands/orders/create': { ...order, orderDate: startDate },
  };
}

function mondayBefore(day: string): string {
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

/** A company with its records, and two employees who are on them. */
export async function seedField(field: Field) {
  const { id, manager } = await field.addTenant();
  const employees = [await field.addMember(id), await field.addMember(id, { name: 'Bo' })];
  const now = new Date();
  const changes = fieldChanges(
    employees.map(({ employeeId }) => employeeId ?? ''),
    now,
  );
  const push = { deviceId: randomUUID(), clientTime: now.toISOString(), changes };
  const { status, text } = await field.as(manager, 'POST', '/v1/sync/push', push);
  assert.equal(status, 200, text);
  return { manager, employees };
}
