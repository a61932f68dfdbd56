import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { createServiceKey } from '../../db/core/service-keys.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { callApi } from '../demo-data/api.ts';
import { makePassword, onboard, type Person, register } from '../demo-data/people.ts';
import { sentCode } from '../demo-data/sent-code.ts';
import type { SandboxUrls } from './sandbox-settings.ts';

/** On whose behalf clients work. */
export interface People {
  serviceKey: string;
  buyers: Person[];
  sellers: Person[];
  /** Of each seller two. */
  products: string[];
  staffing: { client: string; hubId: string; roleId: string; worker: string; workerName: string };
  /** Companies with a manager and a client that can be reached over every channel. */
  companies: { tenantId: string; token: string; clientId: string }[];
}

/** So many buyers that none of them orders more often than a person may. */
const counts = { buyers: 40, sellers: 3, companies: 3 };
const platformCents = 1_000_000_000;

const idSchema = z.object({ id: z.uuid() });
const sessionSchema = z.object({ sessionToken: z.string(), tenant: z.object({ tenantId: z.uuid() }) });

type Where = { url: string; db: Database; sandbox: SandboxUrls };

/** Everybody signs up over HTTP, before anything breaks. */
export async function invitePeople(where: Where): Promise<People> {
  const { url, db, sandbox } = where;
  const { key: serviceKey } = await createServiceKey(db, { name: 'faults', kinds: ['*'], operator: false });
  const balance = { currency: 'eur', available_cents: platformCents };
  await callApi('POST', `${sandbox.stripe}/_sandbox/balance`, { body: balance });
  const join = (name: string) =>
    register(url, `${name}-${randomUUID().slice(0, 8)}`, {
      email: `${name}-${randomUUID().slice(0, 8)}@example.com`,
      password: makePassword(),
    });
  const many = <T>(count: number, make: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, n) => make(n)));
  const [buyers, sellers, staffing, companies] = await Promise.all([
    many(counts.buyers, n => join(`buyer-${n}`)),
    many(counts.sellers, n => join(`seller-${n}`)),
    openStaffing(where),
    many(counts.companies, n => openCompany(where, n)),
  ]);
  const products: string[] = [];
  for (const seller of sellers) {
    await onboard(url, seller);
    for (const price_cents of [2_999, 1_250]) {
      const body = { title: 'A track', price_cents, currency: 'EUR', type: 'track', tags: [], tax_rate: 0.23 };
      const headers = { 'idempotency-key': randomUUID() };
      const made = await callApi('POST', `${url}/api/v1/marketplace/products`, { token: seller.token, body, headers });
      products.push(idSchema.parse(made.data).id);
    }
  }
  return { serviceKey, buyers, sellers, products, staffing, companies };
}

/** A client with a hub, whom one vendor sends people, and a worker. */
async function openStaffing({ url, db, sandbox }: Where): Promise<People['staffing']> {
  const signUp = { companyName: 'Blue Pier', email: `${randomUUID()}@example.com`, password: makePassword() };
  const owner = sessionSchema.parse((await callApi('POST', `${url}/auth/client/sign-up`, { body: signUp })).data);
  const { tenantId } = owner.tenant;
  const [vendorId, roleId] = [uuidV7(), uuidV7()];
  await db.none('insert into workforce.vendors (id, tenant_id, name) values ($1, $2, $3)', [
    vendorId,
    tenantId,
    'Crew',
  ]);
  await db.none(
    `insert into workforce.vendor_roles (id, tenant_id, vendor_id, code, name, hourly_rate_cents, pay_rate_cents, market_rate_cents)
    values ($1, $2, $3, 'SERVER', 'Server', 2800, 1900, 3300)`,
    [roleId, tenantId, vendorId],
  );
  const place = { name: 'Hall', timeZone: 'UTC', address: '1 Pier', latitude: 41.88, longitude: -87.62 };
  const headers = () => ({ 'idempotency-key': randomUUID() });
  const hub = await callApi('POST', `${url}/client/hubs`, {
    token: owner.sessionToken,
    body: place,
    headers: headers(),
  });
  const { hubId } = z.object({ hubId: z.uuid() }).parse(hub.data);

  const phoneNumber = `+1555${randomInt(1_000_000, 9_999_999)}`;
  const started = await callApi('POST', `${url}/auth/staff/phone/start`, { body: { phoneNumber } });
  const { sessionInfo } = z.object({ sessionInfo: z.string() }).parse(started.data);
  const code = await sentCode(sandbox.identity, phoneNumber);
  const body = { sessionInfo, code, tenantId };
  const worker = sessionSchema.parse((await callApi('POST', `${url}/auth/staff/phone/verify`, { body })).data);
  const workerName = 'Nora Lindqvist';
  const profile = { fullName: workerName, phone: phoneNumber, preferredLocations: [], industries: [], skills: [] };
  const setUp = { token: worker.sessionToken, body: profile, headers: headers() };
  await callApi('POST', `${url}/staff/profile/setup`, setUp);
  return { client: owner.sessionToken, hubId, roleId, worker: worker.sessionToken, workerName };
}

async function openCompany({ url, sandbox }: Where, n: number): Promise<People['companies'][number]> {
  const email = `manager-${n}@example.com`;
  await callApi('POST', `${sandbox.clerk}/_sandbox/users`, { body: { email, name: `Manager ${n}` } });
  const asked = { email, lifetimeS: 86_400 };
  const signed = await callApi('POST', `${sandbox.clerk}/_sandbox/tokens`, { body: asked });
  const { token } = z.object({ token: z.string() }).parse(signed.data);
  const made = await callApi('POST', `${url}/v1/tenants`, { token, body: { name: `Company ${n}` } });
  const { id: tenantId } = idSchema.parse(made.data);
  const clientId = randomUUID();
  const change = {
    op: 'upsert',
    entity: 'client',
    entityId: clientId,
    clientUpdatedAt: new Date().toISOString(),
    payload: {
      name: `Customer ${n}`,
      phone: `+1415555${String(1_000 + n)}`,
      whatsappPhone: `+1415555${String(2_000 + n)}`,
      email: `customer-${n}@example.com`,
    },
  };
  const body = { deviceId: randomUUID(), clientTime: new Date().toISOString(), changes: [change] };
  await callApi('POST', `${url}/v1/sync/push`, { token, headers: { 'x-tenant-id': tenantId }, body });
  return { tenantId, token, clientId };
}
