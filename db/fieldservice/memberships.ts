import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** What somebody is in a tenant. */
export const memberRoles = ['manager', 'employee'] as const;
export type MemberRole = (typeof memberRoles)[number];

export interface MembershipKey {
  tenantId: string;
  userId: string;
}

export interface Membership {
  role: MemberRole;
  /** The employee record that they are. */
  employeeId: string | null;
}

export interface MemberRow extends Membership {
  userId: string;
  displayName: string;
  email: string | null;
  /** ISO 8601, UTC, with microseconds: with the user's id, the member's place in the list. */
  joinedAt: string;
}

const insertSql = sql('fieldservice/memberships/insert');
const lockSql = sql('fieldservice/memberships/lock');
const changeSql = sql('fieldservice/memberships/change');
const listSql = sql('fieldservice/memberships/list');

/** False for one who was a member before, and may still be. */
export async function addMember(tx: Transaction, member: MembershipKey & Membership): Promise<boolean> {
  return (await tx.oneOrNone(insertSql({ ...member }))) !== null;
}

/** A membership that is there, held until the transaction ends. */
export function lockMember(tx: Transaction, key: MembershipKey): Promise<Membership & { active: boolean }> {
  return tx.one(lockSql({ ...key }));
}

/** Makes them a member with that role and record. The record that they were is kept as a former one. */
export async function changeMember(tx: Transaction, member: MembershipKey & Membership): Promise<void> {
  await tx.one(changeSql({ ...member }));
}

/** Those who joined first come first, after the given place; one more than `limit`. */
export function listMembers(
  db: Connection,
  tenantId: string,
  { after, limit }: { after: { joinedAt: string; userId: string } | null; limit: number },
): Promise<MemberRow[]> {
  const place = { afterJoinedAt: after?.joinedAt ?? null, afterUserId: after?.userId ?? null };
  return db.any<MemberRow>(listSql({ tenantId, ...place, limit: limit + 1 }));
}
