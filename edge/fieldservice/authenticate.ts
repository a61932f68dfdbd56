import type { IncomingHttpHeaders } from 'node:http';
import type { Connection } from '../../db/connect.ts';
import { keepUser } from '../../db/fieldservice/users.ts';
import { Fault } from '../../shared/fault.ts';
import { ClerkFailure, type ClerkPort } from '../../shared/ports/clerk.ts';
import { isUuid } from '../../shared/uuid.ts';
import type { FieldActor } from './actor.ts';

interface Deps {
  db: Connection;
  ports: { clerk: ClerkPort };
}

/**
 * Who sends a request, by Clerk's session token, and what they are in the tenant that `X-Tenant-Id` names; null if no token
 * was sent. Somebody unknown is made. Throws `Fault`: `unauthenticated`, `unavailable`.
 */
export async function authenticateFieldservice(headers: IncomingHttpHeaders, deps: Deps): Promise<FieldActor | null> {
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new Fault('unauthenticated', 'Invalid token');
  return fieldActorOf(token, headers['x-tenant-id'], deps);
}

/** The actor behind a token. Faults as above. */
export async function fieldActorOf(
  token: string,
  tenantHeader: string | string[] | undefined,
  { db, ports }: Deps,
): Promise<FieldActor> {
  const claims = await verify(token, ports.clerk);
  const named = tenantHeader !== undefined && tenantHeader !== '';
  const wanted = typeof tenantHeader === 'string' && isUuid(tenantHeader) ? tenantHeader.toLowerCase() : null;
  const { id, email, displayName, tenantId, role, employeeId, formerEmployeeIds } = await keepUser(db, claims, wanted);
  return {
    id,
    owner: `fieldservice/${id}`,
    surface: 'fieldservice',
    roles: role === null ? ['fieldservice:user'] : ['fieldservice:user', `fieldservice:${role}`],
    tenant: tenantId,
    email,
    displayName,
    outside: tenantId !== null ? null : !named ? 'no_tenant_named' : wanted === null ? 'no_tenant' : 'not_a_member',
    role,
    employeeId,
    formerEmployeeIds: formerEmployeeIds ?? [],
  };
}

async function verify(token: string, clerk: ClerkPort) {
  try {
    return await clerk.verifyToken(token);
  } catch (error) {
    if (!(error instanceof ClerkFailure)) throw error;
    if (error.outcome === 'unavailable')
      throw new Fault('unavailable', 'Tokens cannot be checked now.', { retryAfterS: 5, cause: error });
    throw new Fault('unauthenticated', 'Invalid token', { cause: error });
  }
}
