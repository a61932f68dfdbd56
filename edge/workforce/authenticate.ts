import type { IncomingHttpHeaders } from 'node:http';
import type { Connection } from '../../db/connect.ts';
import { listMemberships, type MembershipRole, type MembershipRow } from '../../db/workforce/memberships.ts';
import { Fault } from '../../shared/fault.ts';
import { IdentityFailure, type IdentityClaims, type IdentityPort } from '../../shared/ports/identity.ts';
import { isUuid } from '../../shared/uuid.ts';
import type { WorkforceActor } from './actor.ts';

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
  return actorOfClaims(await verify(token, deps), wantedTenant(headers), deps);
}

/** The actor behind a verified token. Faults as above. */
export async function actorOfClaims(
  claims: IdentityClaims,
  tenantId: string | null,
  { db }: Pick<Deps, 'db'>,
): Promise<WorkforceActor> {
  const rows = await listMemberships(db, claims.uid, tenantId);
  const [first] = rows;
  if (!first) throw new Fault('forbidden', 'You belong to no tenant here.', { reason: 'NO_MEMBERSHIP' });
  // The provider counts in whole seconds: a sign-in in the second of a sign-out is a later one.
  if (first.signedOutAt && claims.authTime.getTime() < Math.floor(first.signedOutAt.getTime() / 1_000) * 1_000)
    throw new Fault('unauthenticated', 'You have signed out since this token was issued.', { reason: 'SIGNED_OUT' });
  return actorOf(first, rows);
}

function actorOf(first: MembershipRow, rows: readonly MembershipRow[]): WorkforceActor {
  const { userId, tenantId, tenantName, email, phone, displayName, businessId, businessName, staffId } = first;
  const mine = rows.filter(row => row.tenantId === tenantId);
  return {
    id: userId,
    owner: `workforce/${userId}`,
    surface: 'workforce',
    roles: [...new Set(mine.map(row => roleOf[row.role]))],
    tenant: tenantId,
    tenantName,
    email,
    displayName,
    phone,
    businessId,
    businessName,
    staffId,
  };
}

async function verify(token: string, { ports }: Deps): Promise<IdentityClaims> {
  try {
    return await ports.identity.verifyToken(token);
  } catch (error) {
    if (!(error instanceof IdentityFailure)) throw error;
    if (error.outcome === 'unavailable')
      throw new Fault('unavailable', 'The identity provider cannot be reached now.', { retryAfterS: 5, cause: error });
    throw new Fault('unauthenticated', error.message, { cause: error });
  }
}

function wantedTenant(headers: IncomingHttpHeaders): string | null {
  const wanted = headers['x-tenant-id'];
  if (wanted === undefined || wanted === '') return null;
  if (typeof wanted !== 'string' || !isUuid(wanted))
    throw new Fault('invalid', 'X-Tenant-Id must be the id of a tenant.', { reason: 'INVALID_TENANT' });
  return wanted;
}
