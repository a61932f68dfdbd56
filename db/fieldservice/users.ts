import { randomUUID } from 'node:crypto';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { MemberRole } from './memberships.ts';

/** What the identity provider says of somebody. */
export interface Person {
  subject: string;
  /** Lower case; null if it isn't known. */
  email: string | null;
  displayName: string;
}

/** Somebody, and what they are in the tenant that was asked for; the membership's fields are null if they are not of it. */
export interface UserRow {
  id: string;
  email: string | null;
  displayName: string;
  tenantId: string | null;
  role: MemberRole | null;
  employeeId: string | null;
  formerEmployeeIds: string[] | null;
}

const findSql = sql('fieldservice/users/find-with-membership');
const putSql = sql('fieldservice/users/put');

/** Who has that subject. One who calls for the first time is made, one whose address or name has changed is brought up to date. */
export async function keepUser(db: Connection, person: Person, tenantId: string | null): Promise<UserRow> {
  const { subject, email, displayName } = person;
  const known = await db.oneOrNone<UserRow>(findSql({ subject, tenantId }));
  // A token that says nothing of them takes nothing back.
  const sameEmail = email === null || known?.email === email;
  const sameName = displayName === '' || known?.displayName === displayName;
  if (known && sameEmail && sameName) return known;
  await db.one(putSql({ id: randomUUID(), subject, email, displayName }));
  return db.one<UserRow>(findSql({ subject, tenantId }));
}
