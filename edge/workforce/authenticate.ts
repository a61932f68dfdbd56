import type { IncomingHttpHeaders } from 'node:http';
import type { Connection } from '../../db/connect.ts';
import {
  listMemberships,
  type MembershipRole,
  membershipRoles,
  type MembershipRow,
} from '../../db/workforce/memberships.ts';
import { Fault } from '../../shared/fault.ts';
import type { IdentityClaims, IdentityPort } from '../../shared/ports/identity.ts';
import { isUuid } from '../../shared/uuid.ts';
import type { WorkforceActor } from './actor.ts';
import { identityFault } from './identity-fault.ts';

interface Deps {
  db: Connection;
  ports: { identity: Pick<IdentityPort, 'verifyToken'> };
}

const roleOf: Record<MembershipRole, string> = {
  CLIENT_OWNER: 'workforce:client',
  CLIENT_MANAGER: 'workforce:client',
  STAFF: 'workforce:staff',
  REVIEWER: 'workforce:reviewer',
  TENANT_ADMIN: 'workforce:admin',
};

/**
 * Who sends a request, by the identity provider's ID token; null if none was sent. Somebody who belongs to several tenants
 * names one in `X-Tenant-Id`; else it is the one that they joined first. Throws `Fault`: `unauthenticated`; `forbidden` for
 * somebody without a membership.
 */
export async function authenticateWorkforce(headers: IncomingHttpHeaders, deps: Deps): Promise<WorkforceActor | null> {
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new Fault('unauthenticated', 'The Authorization header must be "Bearer <token>".');
  return actorOfClaims(await verifyToken(token, deps), wantedTenant(headers), deps);
}

/** The actor behind a verified token. Faults as above. */
export async function actorOfClaims(
  claims: IdentityClaims,
  tenantId: string | null,
  { db }: Pick<Deps, 'db'>,
): Promise<WorkforceActor> {
  const found = await findActor(db, claims.uid, tenantId);
  if (!found) throw noMembership();
  checkSignedIn(claims.authTime, found.signedOutAt);
  return found.actor;
}

/**
 * Throws `Fault('unauthenticated')` if they have signed out since. The provider counts in whole seconds: whoever signed in in
 * the second of a sign-out did so before it, as far as a token can tell, so a sign-out lasts until its second is over.
 */
export function checkSignedIn(authTime: Date, signedOutAt: Date | null): void {
  if (signedOutAt && authTime <= signedOutAt)
    throw new Fault('unauthenticated', 'You have signed out since this token was issued.', { reason: 'SIGNED_OUT' });
}

/** Who somebody with this identity is here, in the given tenant or the one that they joined first; null for nobody. */
export async function findActor(
  db: Connection,
  identityUid: string,
  tenantId: string | null,
): Promise<{ actor: WorkforceActor; signedOutAt: Date | null } | null> {
  const rows = await listMemberships(db, identityUid, tenantId);
  const [first] = rows;
  return first ? { actor: actorOf(first, rows), signedOutAt: first.signedOutAt } : null;
}

export function noMembership(): Fault {
  return new Fault('forbidden', 'You belong to no tenant here.', { reason: 'NO_MEMBERSHIP' });
}

function actorOf(first: MembershipRow, rows: readonly MembershipRow[]): WorkforceActor {
  const { userId, tenantId, signedOutAt: _, ...facts } = first;
  const mine = new Set(rows.filter(row => row.tenantId === tenantId).map(row => row.role));
  return {
    id: userId,
    owner: `workforce/${userId}`,
    surface: 'workforce',
    roles: [...new Set([...mine].map(role => roleOf[role]))],
    tenant: tenantId,
    ...facts,
    role: membershipRoles.find(role => mine.has(role)) ?? first.role,
  };
}

/** What a token says. Throws `Fault`: `unauthenticated`, `unavailable`. */
export async function verifyToken(token: string, { ports }: Pick<Deps, 'ports'>): Promise<IdentityClaims> {
  try {
    return await ports.identity.verifyToken(token);
  } catch (error) {
    throw identityFault(error);
  }
}

/** The tenant that a request names, if any. Throws `Fault('invalid')`. */
export function wantedTenant(headers: IncomingHttpHeaders): string | null {
  const wanted = headers['x-tenant-id'];
  if (wanted === undefined || wanted === '') return null;
  if (typeof wanted !== 'string' || !isUuid(wanted))
    throw new Fault('invalid', 'X-Tenant-Id must be the id of a tenant.', { reason: 'INVALID_TENANT' });
  return wanted;
}
