import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServiceKey, revokeServiceKey } from '../../db/core/service-keys.ts';
import { createSession, revokeSession } from '../../db/marketplace/sessions.ts';
import { signOutUser } from '../../db/workforce/users.ts';
import { signAccessToken } from '../../edge/marketplace/tokens.ts';
import type { seedField, seedStaffing } from '../fuzz/seed.ts';
import type { ServedEdge } from '../support/edge.ts';
import type { Field } from '../support/field.ts';
import type { Market, Person } from '../support/market.ts';
import type { Colleague, Staffing } from '../support/staffing.ts';

/** The headers by which somebody asks. */
export type As = Record<string, string>;

/** Somebody with the roles that a part of the routes admits, and what they may not have. */
export interface Cast {
  right: As;
  expired: As;
  /** Signed out, the session ended, the key revoked. */
  revoked?: As;
  /** With a good token, and no membership any more. */
  gone?: As;
  wrongRole?: { role: string; as: As };
  /** The same role, and other things: of the same tenant, where there are tenants. */
  anotherOwner?: As;
  anotherTenant?: As;
  /** Makes somebody alike, for the routes that end their session. */
  leaver?: () => Promise<As>;
}

const longAgoMs = () => Date.now() - 7_200_000;

function bearer(token: string, more: As = {}): As {
  return { authorization: `Bearer ${token}`, ...more };
}

export async function marketCast(market: Market, role: 'user' | 'admin', owner: Person): Promise<Cast> {
  const { db, spine } = market;
  const join = async (as: typeof role) => bearer((await market.join(as)).token);
  const sessionId = await db.tx(tx => createSession(tx, owner.id, Buffer.from(randomUUID())));
  const session = { userId: owner.id, sessionId, role };
  const revoked = bearer(await signAccessToken(spine.config, session));
  await revokeSession(db, sessionId);
  return {
    right: bearer(owner.token),
    expired: bearer(await signAccessToken(spine.config, session, longAgoMs())),
    revoked,
    leaver: () => join(role),
    ...(role === 'user'
      ? { anotherOwner: await join(role) }
      : { wrongRole: { role: 'marketplace:user', as: await join('user') } }),
  };
}

type SeededTenant = Awaited<ReturnType<typeof seedStaffing>>;

/** Of a tenant here; people of the other one have the same roles there. */
export async function staffingCasts(
  staffing: Staffing,
  here: SeededTenant,
  there: SeededTenant,
): Promise<Record<string, Cast>> {
  const { db, outside } = staffing;
  const { tenant, reviewer } = here;
  const [client, , otherClient] = here.clients;
  const [worker, foreignWorker] = [here.workers[0]!, there.workers[0]!];

  const castOf = async (right: Colleague, foreign: Colleague, add: () => Promise<Colleague>): Promise<Cast> => {
    const [gone, out] = [await add(), await add()];
    await db.none('delete from workforce.business_members where user_id = $1', [gone.userId]);
    await db.none('delete from workforce.memberships where user_id = $1', [gone.userId]);
    await signOutUser(db, out.userId);
    const signedS = Math.floor(longAgoMs() / 1_000);
    const overdue = { iat: signedS, auth_time: signedS, exp: signedS + 3_600 };
    return {
      right: bearer(right.token),
      expired: bearer(await outside.identity.signToken(right.identityUid, overdue)),
      revoked: bearer(out.token),
      gone: bearer(gone.token),
      anotherTenant: bearer(foreign.token),
      leaver: async () => bearer((await staffing.addWorker(tenant)).token),
    };
  };
  const aClient = { role: 'workforce:client', as: bearer(client.token) };
  const aWorker = { role: 'workforce:staff', as: bearer(worker.token) };
  return {
    'workforce:client': {
      ...(await castOf(client, there.clients[0], () => staffing.addClient(tenant))),
      wrongRole: aWorker,
      anotherOwner: bearer(otherClient.token),
    },
    'workforce:staff': {
      ...(await castOf(worker, foreignWorker, () => staffing.addWorker(tenant))),
      wrongRole: aClient,
      anotherOwner: bearer((await staffing.addWorker(tenant)).token),
    },
    'workforce:reviewer': {
      ...(await castOf(reviewer, there.reviewer, () => staffing.addOther(tenant, 'REVIEWER'))),
      wrongRole: aClient,
    },
  };
}

type SeededCompany = Awaited<ReturnType<typeof seedField>>;

export async function fieldCast(field: Field, ours: SeededCompany, theirs: SeededCompany): Promise<Cast> {
  const { manager, employees } = ours;
  const inTenant = { 'x-tenant-id': manager.tenantId };
  const gone = await field.addMember(manager.tenantId, { role: 'manager' });
  await field.db.none('update fieldservice.memberships set active = false where user_id = $1', [gone.userId]);
  const overdue = { lifetimeS: -3_600, claims: { nbf: Math.floor(longAgoMs() / 1_000) } };
  return {
    right: bearer(manager.token, inTenant),
    expired: bearer(await field.outside.clerk.signToken(manager.subject, overdue), inTenant),
    gone: bearer(gone.token, inTenant),
    wrongRole: { role: 'fieldservice:employee', as: bearer(employees[0]!.token, inTenant) },
    anotherOwner: bearer(theirs.manager.token, { 'x-tenant-id': theirs.manager.tenantId }),
    anotherTenant: bearer(theirs.manager.token, inTenant),
  };
}

/** Services have keys, which never expire; users of every surface may ask for their own jobs. */
export async function jobsCast(served: ServedEdge, key: string, users: Cast, fieldUsers: Cast): Promise<Cast> {
  const other = await served.key();
  const revoked = await createServiceKey(served.db, { name: 'revoked', kinds: ['*'], operator: false });
  assert.ok(await revokeServiceKey(served.db, revoked.id));
  return {
    right: bearer(key),
    expired: users.expired,
    revoked: bearer(revoked.key),
    anotherOwner: bearer(other),
    anotherTenant: fieldUsers.anotherOwner!,
  };
}
