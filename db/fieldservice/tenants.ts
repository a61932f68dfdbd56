import { randomUUID } from 'node:crypto';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { addMember, type MemberRole } from './memberships.ts';

export interface OwnTenant {
  id: string;
  name: string;
  /** What the user who asks is there. */
  role: MemberRole;
}

/** Nobody runs more companies; who makes more wants to fill the table, or to send mail under many names. */
export const maxOwnedTenants = 100;
/** Of a list that isn't paged. */
const maxListed = 500;

const lockOwnerSql = sql('fieldservice/tenants/lock-owner');
const countOwnedSql = sql('fieldservice/tenants/count-owned');
const insertSql = sql('fieldservice/tenants/insert');
const listSql = sql('fieldservice/tenants/list-of-user');

/** A new tenant, owned and managed by the user who makes it. Null for one who owns `maxOwnedTenants` already. */
export async function createTenant(
  tx: Transaction,
  { name, userId }: { name: string; userId: string },
): Promise<{ id: string; name: string } | null> {
  await tx.one(lockOwnerSql({ userId }));
  const { owned } = await tx.one<{ owned: number }>(countOwnedSql({ userId }));
  if (owned >= maxOwnedTenants) return null;
  const tenant = await tx.one<{ id: string; name: string }>(insertSql({ id: randomUUID(), name, userId }));
  await addMember(tx, { tenantId: tenant.id, userId, role: 'manager', employeeId: null });
  return tenant;
}

/** The tenants that a user belongs to, by name: the first 500. */
export function listTenantsOf(db: Connection, userId: string): Promise<OwnTenant[]> {
  return db.any<OwnTenant>(listSql({ userId, limit: maxListed }));
}
