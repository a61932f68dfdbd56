import assert from 'node:assert/strict';
import { wallClock } from '../../../shared/recurrence.ts';
import { addDays } from '../../../shared/warranty.ts';
import type { Answer } from '../../support/edge.ts';
import {
  type Client,
  openStaffing,
  type Staffing,
  type Tenant,
  type Vendor,
  type Worker,
} from '../../support/staffing.ts';

/** A client with a hub and a vendor, who orders. */
export interface OrderScene {
  staffing: Staffing;
  tenant: Tenant;
  client: Client;
  hubId: string;
  vendor: Vendor;
  /** At the hub, so many days from today. */
  day: (inDays: number) => string;
  /** A position of the vendor's first role. */
  position(more?: object): Record<string, unknown>;
  /** As the client. */
  post(path: string, body?: unknown, key?: string): Promise<Answer>;
  /** A one-time order for the day after tomorrow, unless told otherwise. Asserts that it was taken. */
  order(more?: object): Promise<{ orderId: string; orderNumber: string; shiftIds: string[] }>;
  /** A recurring order, from tomorrow on for four days, each day, unless told otherwise. */
  series(more?: object): Promise<{ orderId: string; shiftIds: string[] }>;
  /** As if a shift had begun an hour ago. */
  begin(shiftId: string): Promise<unknown>;
  /** Of a shift, in the order of their positions. */
  roles(shiftId: string): Promise<RoleFacts[]>;
  /** Books somebody for the first role of a shift, who accepts. */
  book(worker: Worker, shiftId: string): Promise<void>;
  /** Somebody applies for the first role of a shift. */
  apply(worker: Worker, shiftId: string): Promise<Answer>;
  assignments(shiftId: string): Promise<{ staffId: string; status: string }[]>;
  shift(shiftId: string): Promise<{ date: string; startsAt: Date; endsAt: Date; status: string }>;
  notices(worker: Worker): Promise<{ type: string; title: string; body: string; data: Record<string, unknown> }[]>;
  stop(): Promise<void>;
}

interface RoleFacts {
  id: string;
  name: string;
  workersNeeded: number;
  workersBooked: number;
  rateCents: number;
  startsAt: Date;
  endsAt: Date;
}

const timeZone = 'America/New_York';

export async function openOrderScene(): Promise<OrderScene> {
  const staffing = await openStaffing();
  const { db } = staffing;
  const tenant = await staffing.addTenant();
  const client = await staffing.addClient(tenant);
  const hubId = await staffing.addHub(client, tenant, { timeZone });
  const vendor = await staffing.addVendor(tenant);
  const scene: OrderScene = {
    staffing,
    tenant,
    client,
    hubId,
    vendor,
    day: inDays => addDays(wallClock(timeZone).dayOf(new Date()), inDays),
    position: more => ({
      roleId: vendor.roleIds[0],
      workersNeeded: 2,
      startTime: '09:00',
      endTime: '17:00',
      instantBook: true,
      ...more,
    }),
    post: (path, body, key) =>
      staffing.call('POST', path, { token: client.token, body, ...(key === undefined ? {} : { key }) }),
    async order(more = {}) {
      const body = { hubId, eventName: 'Gala', orderDate: scene.day(2), positions: [scene.position()], ...more };
      const answer = await scene.post('/client/orders/one-time', body);
      assert.equal(answer.status, 201, answer.text);
      return answer.body;
    },
    async series(more = {}) {
      const body = {
        hubId,
        eventName: 'Lunch',
        positions: [scene.position()],
        startDate: scene.day(1),
        endDate: scene.day(4),
        recurrenceDays: [1, 2, 3, 4, 5, 6, 7],
        ...more,
      };
      const answer = await scene.post('/client/orders/recurring', body);
      assert.equal(answer.status, 201, answer.text);
      return answer.body;
    },
    begin: shiftId =>
      db.none(
        `with begun as (
          update workforce.shifts set starts_at = now() - interval '1 hour', ends_at = now() + interval '7 hours' where id = $1
        )
        update workforce.shift_roles set starts_at = now() - interval '1 hour', ends_at = now() + interval '7 hours' where shift_id = $1`,
        [shiftId],
      ),
    roles: shiftId =>
      db.any(
        `select id, name, workers_needed, workers_booked, rate_cents, starts_at, ends_at from workforce.shift_roles
        where shift_id = $1 order by position_no`,
        [shiftId],
      ),
    async book(worker, shiftId) {
      const answer = await scene.apply(worker, shiftId);
      assert.equal(answer.status, 200, answer.text);
      const accepted = await staffing.call('POST', `/staff/shifts/${shiftId}/accept`, { token: worker.token });
      assert.equal(accepted.status, 200, accepted.text);
    },
    async apply({ token }, shiftId) {
      const [role] = await scene.roles(shiftId);
      const body = { roleId: role!.id, instantBook: true };
      return staffing.call('POST', `/staff/shifts/${shiftId}/apply`, { token, body });
    },
    assignments: shiftId =>
      db.any('select staff_id, status from workforce.assignments where shift_id = $1 order by id', [shiftId]),
    shift: shiftId => db.one('select date, starts_at, ends_at, status from workforce.shifts where id = $1', [shiftId]),
    async notices(worker) {
      return (await staffing.call('GET', '/staff/notifications', { token: worker.token })).body.items;
    },
    stop: () => staffing.stop(),
  };
  return scene;
}

/** `200` of a good answer, `409 SHIFT_FULL` of a bad one. */
export async function codeOf(asked: Promise<Answer>): Promise<string> {
  const { status, body } = await asked;
  return status < 300 ? `${status}` : `${status} ${body.code}`;
}
