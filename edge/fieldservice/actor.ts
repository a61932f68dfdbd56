import type { MemberRole } from '../../db/fieldservice/memberships.ts';
import { Fault } from '../../shared/fault.ts';
import type { Actor } from '../actor.ts';

/** Somebody with a good token. `owner` is `fieldservice/<user id>`. */
export interface FieldActor extends Actor {
  email: string | null;
  displayName: string;
  /** Why they are in no tenant; null for a member. */
  outside: 'no_tenant_named' | 'no_tenant' | 'not_a_member' | null;
  role: MemberRole | null;
  /** The employee record that they are. */
  employeeId: string | null;
  /** Those that they were. */
  formerEmployeeIds: readonly string[];
}

/** Somebody in the tenant that their request names. */
export interface Member extends FieldActor {
  tenant: string;
  role: MemberRole;
}

/** The actor of any route of this surface. */
export function fieldActor(actor: Actor | null): FieldActor {
  if (!actor) throw new Fault('unauthenticated', 'This route needs a bearer token.');
  return actor as FieldActor;
}

/** The actor of a tenant-bound route: its roles have let nobody else in. */
export function memberActor(actor: Actor | null): Member {
  const member = fieldActor(actor);
  if (member.tenant === null) throw tenantFault(member);
  return member as Member;
}

/** The actor of a route below `/v1/tenants/:id`. Throws `Fault('invalid')` where the path names another tenant than the header. */
export function memberOf(actor: Actor | null, tenantId: string): Member {
  const member = memberActor(actor);
  if (member.tenant !== tenantId.toLowerCase())
    throw new Fault('invalid', 'The path and X-Tenant-Id name different tenants.', { reason: 'TENANT_MISMATCH' });
  return member;
}

/** What somebody is told whom a tenant-bound route does not admit. */
export function tenantFault({ outside }: FieldActor): Fault {
  switch (outside) {
    case 'no_tenant_named':
      return new Fault('invalid', 'This route needs the header X-Tenant-Id.', { reason: 'MISSING_TENANT' });
    case 'no_tenant':
      return new Fault('invalid', 'X-Tenant-Id must be the id of a tenant.', { reason: 'INVALID_TENANT' });
    case 'not_a_member':
      return new Fault('forbidden', 'You are not a member of this tenant.');
    case null:
      return new Fault('forbidden', 'Only a manager may do this.');
    default:
      return outside satisfies never;
  }
}

/** Roles of routes: any member of the tenant that is named, or its managers. */
export const anyMember = ['fieldservice:manager', 'fieldservice:employee'] as const;
export const managers = ['fieldservice:manager'] as const;
