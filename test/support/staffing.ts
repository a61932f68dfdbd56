import { randomUUID } from 'node:crypto';
import { uuidV7 } from '../../shared/uuid.ts';
import { serveEdge, type Answer, type ServedEdge, type ServeOptions } from './edge.ts';
import { startOutside, type Outside, type OutsideOptions } from './outside.ts';

export interface Tenant {
  id: string;
  name: string;
}

/** Somebody who may ask, with a token of the identity provider's. */
export interface Colleague {
  userId: string;
  identityUid: string;
  email: string;
  phone: string;
  token: string;
}
export interface Client extends Colleague {
  businessId: string;
}
export interface Worker extends Colleague {
  staffId: string;
}

export interface Vendor {
  id: string;
  /** Of its kinds of work; clients name them as `roleId` in a new order. */
  roleIds: string[];
}

/** A shift with one role, made by SQL: what reads and staff's own actions start from. */
export interface MadeShift {
  orderId: string;
  shiftId: string;
  /** Of the role slot: what staff apply to. */
  roleId: string;
}

export interface ShiftFacts {
  startsAt?: Date;
  hours?: number;
  needed?: number;
  instantBook?: boolean;
  rateCents?: number;
}

export interface Staffing extends Omit<ServedEdge, 'stop' | 'call'> {
  outside: Outside;
  /** A write carries an Idempotency-Key of its own unless `key` is given; `key: null` sends none. */
  call: (
    method: string,
    path: string,
    options?: { body?: unknown; token?: string; key?: string | null; headers?: Record<string, string> },
  ) => Promise<Answer>;
  addTenant(name?: string): Promise<Tenant>;
  /** A client user with a business of their own, or of the one given. */
  addClient(tenant: Tenant, more?: { businessId?: string; role?: 'CLIENT_OWNER' | 'CLIENT_MANAGER' }): Promise<Client>;
  addWorker(tenant: Tenant, more?: { fullName?: string; vendorId?: string }): Promise<Worker>;
  /** Somebody with another role: REVIEWER, TENANT_ADMIN. */
  addOther(tenant: Tenant, role: 'REVIEWER' | 'TENANT_ADMIN'): Promise<Colleague>;
  addHub(
    client: Client,
    tenant: Tenant,
    more?: { timeZone?: string; clockInMode?: string; nfcTagId?: string; latitude?: number; longitude?: number },
  ): Promise<string>;
  addVendor(tenant: Tenant, roles?: string[]): Promise<Vendor>;
  addShift(tenant: Tenant, client: Client, hubId: string, vendor: Vendor, facts?: ShiftFacts): Promise<MadeShift>;
  stop(): Promise<void>;
}

/** The whole workforce surface over real HTTP: edge, worker, database, every provider's sandbox. */
export async function openStaffing(options: OutsideOptions & { serve?: ServeOptions } = {}): Promise<Staffing> {
  const { serve, ...outsideOptions } = options;
  const outside = await startOutside(outsideOptions);
  const env = { ...staffingSettings(outside), ...serve?.env };
  return staffingOn(await serveEdge({ ...serve, env, ports: outside.ports }), outside);
}

export function staffingSettings({ identity: { projectId, issuer, jwksUrl } }: Outside): Record<string, string> {
  return { FIREBASE_PROJECT_ID: projectId, FIREBASE_ISSUER: issuer, FIREBASE_JWKS_URL: jwksUrl };
}

/** The workforce surface of an edge that is served under `staffingSettings`. */
export function staffingOn(served: ServedEdge, outside: Outside): Staffing {
  outside.setEdgeUrl(served.url);
  const { db } = served;
  let lastPhone = 0;

  const addUser = async (): Promise<Colleague> => {
    const userId = uuidV7();
    const email = `u-${randomUUID().slice(0, 13)}@example.com`;
    lastPhone += 1;
    const phone = `+1555${String(Math.floor(Math.random() * 1e4)).padStart(4, '0')}${String(lastPhone).padStart(4, '0')}`;
    const uid = await outside.identity.addUser({ email, password: 'correct horse', displayName: 'Jo Doe' });
    await db.none(
      'insert into workforce.users (id, identity_uid, email, phone, display_name) values ($1, $2, $3, $4, $5)',
      [userId, uid, email, phone, 'Jo Doe'],
    );
    return { userId, identityUid: uid, email, phone, token: await outside.identity.signToken(uid) };
  };
  const addMembership = (userId: string, { id }: Tenant, role: string) =>
    db.none('insert into workforce.memberships (user_id, tenant_id, role) values ($1, $2, $3)', [userId, id, role]);

  return {
    ...served,
    outside,
    call: (method, path, { body, token, key, headers = {} } = {}) =>
      served.call(method, path, {
        body,
        ...(token === undefined ? {} : { token }),
        headers: {
          ...(method === 'GET' || key === null ? {} : { 'idempotency-key': key ?? randomUUID() }),
          ...headers,
        },
      }),
    async addTenant(name = `Tenant ${randomUUID().slice(0, 8)}`) {
      const id = uuidV7();
      await db.none('insert into workforce.tenants (id, name) values ($1, $2)', [id, name]);
      return { id, name };
    },
    async addClient(tenant, { businessId, role = 'CLIENT_OWNER' } = {}) {
      const user = await addUser();
      await addMembership(user.userId, tenant, role);
      const id = businessId ?? uuidV7();
      if (businessId === undefined)
        await db.none('insert into workforce.businesses (id, tenant_id, name) values ($1, $2, $3)', [
          id,
          tenant.id,
          `Business ${id.slice(-6)}`,
        ]);
      await db.none('insert into workforce.business_members (business_id, user_id) values ($1, $2)', [id, user.userId]);
      return { ...user, businessId: id };
    },
    async addWorker(tenant, { fullName = 'Jo Doe', vendorId } = {}) {
      const user = await addUser();
      await addMembership(user.userId, tenant, 'STAFF');
      const staffId = uuidV7();
      await db.none(
        'insert into workforce.staff (id, tenant_id, user_id, vendor_id, full_name, phone, email) values ($1, $2, $3, $4, $5, $6, $7)',
        [staffId, tenant.id, user.userId, vendorId ?? null, fullName, user.phone, user.email],
      );
      return { ...user, staffId };
    },
    async addOther(tenant, role) {
      const user = await addUser();
      await addMembership(user.userId, tenant, role);
      return user;
    },
    async addHub(client, tenant, more = {}) {
      const id = uuidV7();
      const {
        timeZone = 'America/New_York',
        clockInMode = 'EITHER',
        nfcTagId = null,
        latitude = 40.7128,
        longitude = -74.006,
      } = more;
      await db.none(
        `insert into workforce.hubs (id, tenant_id, business_id, name, latitude, longitude, time_zone, clock_in_mode, nfc_tag_id)
        values ($1, $2, $3, 'Main hall', $4, $5, $6, $7, $8)`,
        [id, tenant.id, client.businessId, latitude, longitude, timeZone, clockInMode, nfcTagId],
      );
      return id;
    },
    async addVendor(tenant, roles = ['Server', 'Cook']) {
      const id = uuidV7();
      await db.none('insert into workforce.vendors (id, tenant_id, name) values ($1, $2, $3)', [
        id,
        tenant.id,
        `Vendor ${id.slice(-6)}`,
      ]);
      const roleIds: string[] = [];
      for (const [index, name] of roles.entries()) {
        const roleId = uuidV7();
        await db.none(
          `insert into workforce.vendor_roles (id, tenant_id, vendor_id, code, name, hourly_rate_cents, pay_rate_cents, market_rate_cents)
          values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [
            roleId,
            tenant.id,
            id,
            name.toUpperCase(),
            name,
            2_500 + 500 * index,
            1_800 + 400 * index,
            3_000 + 500 * index,
          ],
        );
        roleIds.push(roleId);
      }
      return { id, roleIds };
    },
    async addShift(tenant, client, hubId, vendor, facts = {}) {
      const {
        startsAt = new Date(Date.now() + 86_400_000),
        hours = 8,
        needed = 2,
        instantBook = false,
        rateCents = 2_500,
      } = facts;
      const endsAt = new Date(startsAt.getTime() + hours * 3_600_000);
      const [orderId, shiftId, roleId] = [uuidV7(), uuidV7(), uuidV7()];
      const { date } = await db.one<{ date: string }>(
        'select (($1::timestamptz at time zone time_zone)::date)::text as date from workforce.hubs where id = $2',
        [startsAt, hubId],
      );
      await db.none(
        `insert into workforce.orders (id, tenant_id, business_id, hub_id, vendor_id, order_number, type, event_name, starts_on, ends_on, positions, created_by)
        values ($1, $2, $3, $4, $5, $6, 'ONE_TIME', 'Gala', $7, $7, '[]', $8)`,
        [orderId, tenant.id, client.businessId, hubId, vendor.id, `T-${orderId.slice(-12)}`, date, client.userId],
      );
      await db.none(
        `insert into workforce.shifts (id, tenant_id, business_id, order_id, hub_id, date, starts_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [shiftId, tenant.id, client.businessId, orderId, hubId, date, startsAt, endsAt],
      );
      await db.none(
        `insert into workforce.shift_roles (id, tenant_id, shift_id, vendor_role_id, name, rate_cents, pay_rate_cents, market_rate_cents,
          workers_needed, instant_book, starts_at, ends_at)
        values ($1, $2, $3, $4, 'Server', $5, $6, $7, $8, $9, $10, $11)`,
        [
          roleId,
          tenant.id,
          shiftId,
          vendor.roleIds[0],
          rateCents,
          rateCents - 700,
          rateCents + 500,
          needed,
          instantBook,
          startsAt,
          endsAt,
        ],
      );
      return { orderId, shiftId, roleId };
    },
    async stop() {
      await served.stop();
      await outside.stop();
    },
  };
}
