import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { type DemoSites, insertDemoSites } from './demo-sites.ts';
import type { MembershipRole } from './memberships.ts';
import type { KnownIdentity } from './users.ts';

/** Who is in the demo. Their e-mail addresses are where we write to, whatever the identity provider knows of them. */
export interface DemoCast {
  owner: KnownIdentity;
  manager: KnownIdentity;
  reviewer: KnownIdentity;
  staff: readonly KnownIdentity[];
}

export interface DemoWorker {
  staffId: string;
  userId: string;
  fullName: string;
}

export interface DemoTenant extends DemoSites {
  id: string;
  businessId: string;
  ownerId: string;
  reviewerId: string;
  /** In the cast's order. */
  staff: readonly DemoWorker[];
}

export const demoTenantName = 'Harborlight Staffing';

const findSql = sql('workforce/demo-tenant/find');
const insertTenantSql = sql('workforce/tenants/insert');
const insertUsersSql = sql('workforce/demo-tenant/insert-users');
const insertMembershipsSql = sql('workforce/demo-tenant/insert-memberships');
const insertBusinessSql = sql('workforce/demo-tenant/insert-business');
const insertStaffSql = sql('workforce/demo-tenant/insert-staff');
const leaveOlderSql = sql('workforce/demo-tenant/leave-older');

/** The id of the demo tenant; null if there is none. */
export async function findDemoTenant(db: Connection): Promise<string | null> {
  return (await db.oneOrNone<{ id: string }>(findSql({ name: demoTenantName })))?.id ?? null;
}

/**
 * A new demo tenant with its customer, hubs, vendors and staff. They leave the one before, if there is one; nothing of that
 * is deleted. Nothing is ordered yet.
 * @param account the customer's bank account.
 */
export async function makeDemoTenant(
  tx: Transaction,
  cast: DemoCast,
  account: { sealed: string; last4: string },
): Promise<DemoTenant> {
  const before = await findDemoTenant(tx);
  const id = before === null ? uuidV7() : idBefore(before);
  await tx.none(insertTenantSql({ id, name: demoTenantName }));
  const userIds = await insertMembers(tx, id, [
    ['CLIENT_OWNER', cast.owner],
    ['CLIENT_MANAGER', cast.manager],
    ['REVIEWER', cast.reviewer],
    ...cast.staff.map((person): [MembershipRole, KnownIdentity] => ['STAFF', person]),
  ]);
  await tx.any(leaveOlderSql({ tenantId: id, userIds, name: demoTenantName }));
  const [ownerId, managerId, reviewerId, ...staffUserIds] = userIds as [string, string, string, ...string[]];
  const [businessId, events, kitchen] = [uuidV7(), uuidV7(), uuidV7()];
  await tx.one(
    insertBusinessSql({
      tenantId: id,
      businessId,
      name: 'Blue Pier Events',
      email: cast.owner.email,
      userIds: [ownerId, managerId],
      accountId: uuidV7(),
      accountSealed: account.sealed,
      accountLast4: account.last4,
      costCenterIds: [events, kitchen],
    }),
  );
  const sites = await insertDemoSites(tx, { tenantId: id, businessId, costCenters: { events, kitchen }, managerId });
  const staff = cast.staff.map(({ displayName: fullName }, index) => ({
    staffId: uuidV7(),
    userId: staffUserIds[index] as string,
    fullName,
  }));
  await tx.many(
    insertStaffSql({
      tenantId: id,
      vendorIds: sites.vendorIds,
      ids: staff.map(worker => worker.staffId),
      userIds: staffUserIds,
      names: staff.map(worker => worker.fullName),
      phones: cast.staff.map(person => person.phone),
      emails: cast.staff.map(person => person.email),
    }),
  );
  return { id, businessId, ownerId, reviewerId, staff, ...sites };
}

/** Answers the users' ids, in that order. */
async function insertMembers(
  tx: Transaction,
  tenantId: string,
  members: readonly [MembershipRole, KnownIdentity][],
): Promise<string[]> {
  const people = members.map(([, person]) => person);
  const rows = await tx.many<{ id: string; identityUid: string }>(
    insertUsersSql({
      ids: people.map(() => uuidV7()),
      identityUids: people.map(person => person.identityUid),
      emails: people.map(person => person.email),
      phones: people.map(person => person.phone),
      displayNames: people.map(person => person.displayName),
    }),
  );
  const idOf = new Map(rows.map(({ id, identityUid }) => [identityUid, id]));
  const userIds = people.map(person => idOf.get(person.identityUid) as string);
  await tx.many(insertMembershipsSql({ tenantId, userIds, roles: members.map(([role]) => role) }));
  return userIds;
}

/** A newcomer who names no tenant joins the one with the smallest id: where that was the demo's, it stays the demo's. */
function idBefore(tenantId: string): string {
  return uuidV7(Number.parseInt(tenantId.replace('-', '').slice(0, 12), 16) - 1);
}
