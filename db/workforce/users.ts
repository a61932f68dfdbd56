import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** What the identity provider says of somebody. */
export interface KnownIdentity {
  /** The provider's id of them. */
  identityUid: string;
  email: string | null;
  /** E.164. */
  phone: string | null;
  displayName: string;
}

export interface UserRow {
  id: string;
  email: string | null;
  phone: string | null;
  displayName: string;
}

const insertSql = sql('workforce/users/insert');
const keepSql = sql('workforce/users/keep');
const signOutSql = sql('workforce/users/sign-out');

/** The new user's id; null if we know somebody by this identity already. */
export async function insertUser(tx: Transaction, identity: KnownIdentity): Promise<string | null> {
  const row = await tx.oneOrNone<{ id: string }>(insertSql({ ...identity, id: uuidV7() }));
  return row?.id ?? null;
}

/** The user of an identity: made now, or brought up to what the provider knows. */
export function keepUser(tx: Transaction, identity: KnownIdentity): Promise<UserRow> {
  return tx.one<UserRow>(keepSql({ ...identity, id: uuidV7() }));
}

/** From the answered moment on, tokens of earlier sign-ins are refused. */
export async function signOutUser(db: Connection, id: string): Promise<Date> {
  return (await db.one<{ signedOutAt: Date }>(signOutSql({ id }))).signedOutAt;
}
