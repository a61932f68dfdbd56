import { uuidV7 } from '../../shared/uuid.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { insertUser, keepUser, type KnownIdentity, type UserRow } from './users.ts';

const insertTenantSql = sql('workforce/tenants/insert');
const insertBusinessSql = sql('workforce/businesses/insert');
const insertMemberSql = sql('workforce/business-members/insert');
const insertMembershipsSql = sql('workforce/memberships/insert');
const joinAsStaffSql = sql('workforce/memberships/join-as-staff', { replan: true });

/**
 * A client's own tenant and business, both called after the company, and its first user, who owns the one and looks after the
 * other. False, with nothing written, if we know somebody by this identity already.
 */
export async function signUpClient(
  tx: Transaction,
  { companyName: name, ...identity }: KnownIdentity & { companyName: string },
): Promise<boolean> {
  const userId = await insertUser(tx, identity);
  if (userId === null) return false;
  const [tenantId, businessId] = [uuidV7(), uuidV7()];
  await tx.none(insertTenantSql({ id: tenantId, name }));
  await tx.none(insertBusinessSql({ id: businessId, tenantId, name, billingEmail: identity.email }));
  await tx.none(insertMemberSql({ businessId, userId }));
  await tx.none(insertMembershipsSql({ userId, tenantId, roles: ['CLIENT_OWNER', 'TENANT_ADMIN'] }));
  return true;
}

/**
 * The user of a worker's identity, made a member of the staff of the tenant that they name, if there is such a tenant. Who names none, and belongs
 * to none, joins the oldest: where one company runs the gateway, that is the company.
 */
export async function joinAsStaff(tx: Transaction, identity: KnownIdentity, tenantId: string | null): Promise<UserRow> {
  const user = await keepUser(tx, identity);
  await tx.none(joinAsStaffSql({ userId: user.id, tenantId }));
  return user;
}
