import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createSession, revokeSession } from '../../db/marketplace/sessions.ts';
import { revokeServiceKey } from '../../db/core/service-keys.ts';
import { signOutUser } from '../../db/workforce/users.ts';
import { signAccessToken } from '../../edge/marketplace/tokens.ts';
import { seedField, seedStaffing } from '../fuzz/seed.ts';
import { serveEdge } from '../support/edge.ts';
import { fieldOn, fieldSettings } from '../support/field.ts';
import { marketOn, marketSettings, type Person } from '../support/market.ts';
import { startOutside } from '../support/outside.ts';
import { type Client, type Colleague, staffingOn, staffingSettings, type Worker } from '../support/staffing.ts';
import { unlimitedSurfaces } from '../fuzz/world.ts';
import { fieldIdsOf, type Ids, jobIdsOf, marketIdsOf, staffingIdsOf } from './authorisation-ids.ts';

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

export interface AuthorisationScene {
  url: string;
  /** Every role's cast, by the surface or the role. */
  casts: Record<string, Cast>;
  /** What paths are filled with: parameter, or last word before `:id`, to something of the right one's, by surface. */
  ids: Record<string, Ids>;
  stop(): Promise<void>;
}

const bearer = (token: string, more: As = {}): As => ({ authorization: `Bearer ${token}`, ...more });

export async function openAuthorisationScene(): Promise<AuthorisationScene> {
  const outside = await startOutside();
  const env = { ...marketSettings(outside), ...staffingSettings(outside), ...fieldSettings(outside) };
  const served = await serveEdge({ surfaces: unlimitedSurfaces(), ports: outside.ports, env });
  const { db, spine } = served;
  const [market, staffing, field] = [marketOn(served, outside), staffingOn(served, outside), fieldOn(served, outside)];
  outside.hyperswitch.setWebhookUrl(`${served.url}/api/v1/webhooks/hyperswitch`);

  const marketCast = async (role: 'user' | 'admin', owner: Person): Promise<Cast> => {
    const join = async () => bearer((await market.join(role)).token);
    const sessionId = await db.tx(tx => createSession(tx, owner.id, Buffer.from(randomUUID())));
    const session = { userId: owner.id, sessionId, role };
    const revoked = bearer(await signAccessToken(spine.config, session));
    await revokeSession(db, sessionId);
    return {
      right: bearer(owner.token),
      expired: bearer(await signAccessToken(spine.config, session, Date.now() - 7_200_000)),
      revoked,
      leaver: join,
      ...(role === 'user'
        ? { anotherOwner: await join() }
        : { wrongRole: { role: 'marketplace:user', as: bearer((await market.join()).token) } }),
    };
  };
  const owner = await market.join();
  const [here, there] = [await seedStaffing(staffing), await seedStaffing(staffing)];
  const longAgoS = Math.floor(Date.now() / 1_000) - 7_200;
  const workforceCast = async (
    people: Record<'right' | 'gone' | 'out' | 'foreign', Colleague>,
    wrongRole: NonNullable<Cast['wrongRole']>,
    other?: Colleague,
  ): Promise<Cast> => {
    await db.none('delete from workforce.business_members where user_id = $1', [people.gone.userId]);
    await db.none('delete from workforce.memberships where user_id = $1', [people.gone.userId]);
    await signOutUser(db, people.out.userId);
    const overdue = { iat: longAgoS, auth_time: longAgoS, exp: longAgoS + 3_600 };
    return {
      right: bearer(people.right.token),
      expired: bearer(await outside.identity.signToken(people.right.identityUid, overdue)),
      revoked: bearer(people.out.token),
      gone: bearer(people.gone.token),
      wrongRole,
      anotherTenant: bearer(people.foreign.token),
      leaver: async () => bearer((await staffing.addWorker(tenant)).token),
      ...(other ? { anotherOwner: bearer(other.token) } : {}),
    };
  };
  const tenant = {
    id: (
      await db.one<{ tenantId: string }>('select tenant_id from workforce.businesses where id = $1', [
        here.clients[0]!.businessId,
      ])
    ).tenantId,
    name: '',
  };
  const [client, , otherClient] = here.clients as [Client, Client, Client];
  const [worker] = here.workers as [Worker];
  const aClient = { role: 'workforce:client', as: bearer(client.token) };
  const clientCast = await workforceCast(
    {
      right: client,
      gone: await staffing.addClient(tenant),
      out: await staffing.addClient(tenant),
      foreign: there.clients[0]!,
    },
    { role: 'workforce:staff', as: bearer(worker.token) },
    otherClient,
  );
  const staffCast = await workforceCast(
    {
      right: worker,
      gone: await staffing.addWorker(tenant),
      out: await staffing.addWorker(tenant),
      foreign: there.workers[0]!,
    },
    aClient,
    await staffing.addWorker(tenant),
  );
  const reviewerCast = await workforceCast(
    {
      right: here.reviewer,
      gone: await staffing.addOther(tenant, 'REVIEWER'),
      out: await staffing.addOther(tenant, 'REVIEWER'),
      foreign: there.reviewer,
    },
    aClient,
  );

  const [ours, theirs] = [await seedField(field), await seedField(field)];
  const inTenant = { 'x-tenant-id': ours.manager.tenantId };
  const gone = await field.addMember(ours.manager.tenantId, { role: 'manager' });
  await db.none('update fieldservice.memberships set active = false where user_id = $1', [gone.userId]);
  const fieldCast: Cast = {
    right: bearer(ours.manager.token, inTenant),
    expired: bearer(
      await outside.clerk.signToken(ours.manager.subject, { lifetimeS: -3_600, claims: { nbf: longAgoS } }),
      inTenant,
    ),
    gone: bearer(gone.token, inTenant),
    wrongRole: { role: 'fieldservice:employee', as: bearer(ours.employees[0]!.token, inTenant) },
    anotherOwner: bearer(theirs.manager.token, { 'x-tenant-id': theirs.manager.tenantId }),
    anotherTenant: bearer(theirs.manager.token, inTenant),
  };

  const [service, otherService, revokedKey] = [await served.key(), await served.key(), await served.key()];
  const { id: keyId } = await db.one<{ id: string }>('select id from core.service_keys order by id desc limit 1');
  assert.ok(await revokeServiceKey(db, keyId));
  const users = await marketCast('user', owner);
  const jobsCast: Cast = {
    right: bearer(service),
    expired: users.expired,
    revoked: bearer(revokedKey),
    anotherOwner: bearer(otherService),
    anotherTenant: fieldCast.anotherOwner as As,
  };

  return {
    url: served.url,
    casts: {
      'marketplace:user': users,
      'marketplace:admin': await marketCast('admin', await market.join('admin')),
      'workforce:client': clientCast,
      'workforce:staff': staffCast,
      'workforce:reviewer': reviewerCast,
      fieldservice: fieldCast,
      jobs: jobsCast,
    },
    ids: {
      marketplace: await marketIdsOf(market, owner),
      workforce: await staffingIdsOf(staffing, { tenantId: tenant.id, client, worker }),
      fieldservice: await fieldIdsOf(served, ours.manager),
      jobs: await jobIdsOf(served, service),
    },
    async stop() {
      await served.stop();
      await outside.stop();
    },
  };
}
