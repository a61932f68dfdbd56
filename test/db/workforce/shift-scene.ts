import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database, type Transaction } from '../../../db/connect.ts';
import { transact } from '../../../db/transact.ts';
import type { DueJob } from '../../../shared/message.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { createDatabase } from '../../support/database.ts';

export interface SceneShift {
  shiftId: string;
  roleIds: string[];
}

export interface ShiftFacts {
  /** From now, at which it begins. */
  inHours?: number;
  hours?: number;
  /** Places of each of its roles. */
  needed?: readonly number[];
  instantBook?: boolean;
  orderId?: string;
}

/** One tenant with a business and a hub, in a database of its own: what shifts and those who work them need, and nothing above it. */
export interface ShiftScene {
  db: Database;
  tenantId: string;
  businessId: string;
  /** Jobs that would have been published. */
  sent: DueJob[];
  transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  addWorkers(count: number): Promise<string[]>;
  addOrder(): Promise<string>;
  addShift(facts?: ShiftFacts): Promise<SceneShift>;
  close(): Promise<void>;
}

export const cause = { requestId: randomUUID() };

export async function openShiftScene(): Promise<ShiftScene> {
  const database = await createDatabase();
  const db = connectDatabase({ url: database.url, maxConnections: 12, applicationName: 'test' });
  const [tenantId, businessId, userId, hubId, vendorId, vendorRoleId] = Array.from({ length: 6 }, () => uuidV7()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await db.none(
    `insert into workforce.tenants (id, name) values ($1, 'Tenant');
    insert into workforce.users (id, identity_uid) values ($3, 'client');
    insert into workforce.businesses (id, tenant_id, name) values ($2, $1, 'Business');
    insert into workforce.hubs (id, tenant_id, business_id, name, time_zone) values ($4, $1, $2, 'Main hall', 'America/New_York');
    insert into workforce.vendors (id, tenant_id, name) values ($5, $1, 'Vendor');
    insert into workforce.vendor_roles (id, tenant_id, vendor_id, code, name, hourly_rate_cents, pay_rate_cents, market_rate_cents)
    values ($6, $1, $5, 'SERVER', 'Server', 2500, 1800, 3000);`,
    [tenantId, businessId, userId, hubId, vendorId, vendorRoleId],
  );
  const sent: DueJob[] = [];
  const dispatch = { send: (jobs: readonly DueJob[]) => void sent.push(...jobs) };
  const { now } = await db.one<{ now: Date }>('select now() as now');

  const scene: ShiftScene = {
    db,
    tenantId,
    businessId,
    sent,
    transact: work => transact({ db, dispatch }, work),
    async addWorkers(count) {
      const ids = Array.from({ length: count }, () => uuidV7());
      await db.none(
        `with users as (
          insert into workforce.users (id, identity_uid) select id, id::text from unnest($2::uuid[]) as id returning id
        )
        insert into workforce.staff (id, tenant_id, user_id, full_name) select id, $1, id, 'Jo Doe' from users`,
        [tenantId, ids],
      );
      return ids;
    },
    async addOrder() {
      const id = uuidV7();
      await db.none(
        `insert into workforce.orders (id, tenant_id, business_id, hub_id, vendor_id, order_number, type, event_name, starts_on, ends_on, positions, created_by)
        values ($1, $2, $3, $4, $5, $1, 'ONE_TIME', 'Gala', current_date, current_date, '[]', $6)`,
        [id, tenantId, businessId, hubId, vendorId, userId],
      );
      return id;
    },
    async addShift({ inHours = 48, hours = 8, needed = [1], instantBook = true, orderId } = {}) {
      const shiftId = uuidV7();
      const startsAt = new Date(now.getTime() + inHours * 3_600_000);
      const endsAt = new Date(startsAt.getTime() + hours * 3_600_000);
      const roleIds = needed.map(() => uuidV7());
      await db.none(
        `insert into workforce.shifts (id, tenant_id, business_id, order_id, hub_id, date, starts_at, ends_at)
        values ($1, $2, $3, $4, $5, current_date, $6, $7)`,
        [shiftId, tenantId, businessId, orderId ?? (await scene.addOrder()), hubId, startsAt, endsAt],
      );
      await db.none(
        `insert into workforce.shift_roles (id, tenant_id, shift_id, vendor_role_id, name, rate_cents, pay_rate_cents, market_rate_cents,
          workers_needed, instant_book, starts_at, ends_at)
        select id, $1, $2, $3, 'Server', 2500, 1800, 3000, needed, $6, $7, $8
        from unnest($4::uuid[], $5::integer[]) as role (id, needed)`,
        [tenantId, shiftId, vendorRoleId, roleIds, needed, instantBook, startsAt, endsAt],
      );
      return { shiftId, roleIds };
    },
    async close() {
      await db.$pool.end();
      await database.drop();
    },
  };
  return scene;
}
