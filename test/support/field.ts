import { randomUUID } from 'node:crypto';
import { type Answer, serveEdge, type ServedEdge, type ServeOptions } from './edge.ts';
import { type Outside, type OutsideOptions, startOutside } from './outside.ts';

/** A member of a tenant, with a token that is good for an hour. */
export interface FieldMember {
  userId: string;
  /** Clerk's. */
  subject: string;
  email: string;
  name: string;
  token: string;
  tenantId: string;
  /** Null for one who is no employee on record. */
  employeeId: string | null;
}

export interface FieldTenant {
  id: string;
  name: string;
  manager: FieldMember;
}

export interface Field extends Omit<ServedEdge, 'stop'> {
  outside: Outside;
  /** A tenant with its manager, "Carlos". */
  addTenant(name?: string): Promise<FieldTenant>;
  addMember(
    tenantId: string,
    more?: { role?: 'manager' | 'employee'; name?: string; employeeId?: string | null },
  ): Promise<FieldMember>;
  /** Somebody with an identity and nothing else; unknown here until their first call. */
  addStranger(more?: { name?: string; email?: string }): Promise<{ subject: string; email: string; token: string }>;
  /** A request by a member, to their tenant. */
  as(
    member: FieldMember,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  stop(): Promise<void>;
}

/** The whole fieldservice surface over real HTTP: edge, worker, database, every provider's sandbox. */
export async function openField(options: OutsideOptions & { serve?: ServeOptions } = {}): Promise<Field> {
  const { serve, ...outsideOptions } = options;
  const outside = await startOutside(outsideOptions);
  const env = { ...fieldSettings(outside), ...serve?.env };
  return fieldOn(await serveEdge({ ...serve, env, ports: outside.ports }), outside);
}

export function fieldSettings({ clerk: { issuer, jwksUrl } }: Outside): Record<string, string> {
  return { CLERK_ISSUER: issuer, CLERK_JWKS_URL: jwksUrl };
}

/** The fieldservice surface of an edge that is served under `fieldSettings`. */
export function fieldOn(served: ServedEdge, outside: Outside): Field {
  outside.setEdgeUrl(served.url);
  const { db } = served;

  const addUser = async (name: string) => {
    const userId = randomUUID();
    const email = `f-${userId.slice(0, 13)}@example.com`;
    const { id: subject } = outside.clerk.keepUser({ email, name });
    await db.none('insert into fieldservice.users (id, subject, email, display_name) values ($1, $2, $3, $4)', [
      userId,
      subject,
      email,
      name,
    ]);
    return { userId, subject, email, name, token: await outside.clerk.signToken(subject, { lifetimeS: 3_600 }) };
  };

  const join = async (
    user: Awaited<ReturnType<typeof addUser>>,
    tenantId: string,
    role: 'manager' | 'employee',
    employeeId: string | null,
  ): Promise<FieldMember> => {
    await db.none(
      'insert into fieldservice.memberships (tenant_id, user_id, role, employee_id) values ($1, $2, $3, $4)',
      [tenantId, user.userId, role, employeeId],
    );
    return { ...user, tenantId, employeeId };
  };

  return {
    ...served,
    outside,
    async addTenant(name = `Tenant ${randomUUID().slice(0, 8)}`) {
      const id = randomUUID();
      const user = await addUser('Carlos');
      await db.none('insert into fieldservice.tenants (id, name, owner_user_id) values ($1, $2, $3)', [
        id,
        name,
        user.userId,
      ]);
      return { id, name, manager: await join(user, id, 'manager', null) };
    },
    addMember: async (tenantId, { role = 'employee', name = 'Ana', employeeId = randomUUID() } = {}) =>
      join(await addUser(name), tenantId, role, role === 'employee' ? employeeId : null),
    async addStranger({ name = 'Zoe', email = `s-${randomUUID().slice(0, 13)}@example.com` } = {}) {
      const { id: subject } = outside.clerk.keepUser({ email, name });
      return { subject, email, token: await outside.clerk.signToken(subject, { lifetimeS: 3_600 }) };
    },
    as: ({ token, tenantId }, method, path, body, headers = {}) =>
      served.call(method, path, {
        token,
        headers: { 'x-tenant-id': tenantId, ...headers },
        ...(body === undefined ? {} : { body }),
      }),
    async stop() {
      await served.stop();
      await outside.stop();
    },
  };
}
