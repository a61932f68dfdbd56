import { randomUUID } from 'node:crypto';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** A viewer looks, an operator acts, an admin also says who may. */
export const operatorRoles = ['viewer', 'operator', 'admin'] as const;
export type OperatorRole = (typeof operatorRoles)[number];

export interface OperatorRow {
  id: string;
  /** Lower case. */
  email: string;
  name: string;
  role: OperatorRole;
  createdAt: Date;
  disabledAt: Date | null;
}

/** Who is signed in at the console. */
export interface OperatorSession extends Pick<OperatorRow, 'id' | 'email' | 'name' | 'role'> {
  /** Every form that changes something carries it. */
  csrf: string;
}

const insertSql = sql('core/operators/insert');
const findByEmailSql = sql('core/operators/find-by-email');
const listSql = sql('core/operators/list');
const changeSql = sql('core/operators/change');
const getSql = sql('core/operators/get');
const lockAdminsSql = sql('core/operators/lock-admins');
const openSql = sql('core/operator-sessions/insert');
const findSessionSql = sql('core/operator-sessions/find');
const endSql = sql('core/operator-sessions/end');
const endAllSql = sql('core/operator-sessions/end-all');
const endOthersSql = sql('core/operator-sessions/end-others');
const reapSql = sql('core/operator-sessions/reap');

/** Null if the address is taken. */
export function createOperator(
  db: Connection,
  operator: { email: string; name: string; passwordHash: string; role: OperatorRole },
): Promise<OperatorRow | null> {
  const { email, ...rest } = operator;
  return db.oneOrNone<OperatorRow>(insertSql({ id: randomUUID(), email: email.toLowerCase(), ...rest }));
}

export function findOperator(db: Connection, email: string): Promise<(OperatorRow & { passwordHash: string }) | null> {
  return db.oneOrNone(findByEmailSql({ email: email.toLowerCase() }));
}

export function getOperator(db: Connection, id: string): Promise<(OperatorRow & { passwordHash: string }) | null> {
  return db.oneOrNone(getSql({ id }));
}

export function listOperators(db: Connection): Promise<OperatorRow[]> {
  return db.any<OperatorRow>(listSql());
}

/** Changes what is given and leaves the rest. Null if there is no such operator. End their sessions in the same transaction. */
export function changeOperator(
  db: Connection,
  id: string,
  change: { role?: OperatorRole; passwordHash?: string; disabled?: boolean },
): Promise<OperatorRow | null> {
  const { role = null, passwordHash = null, disabled = null } = change;
  return db.oneOrNone<OperatorRow>(changeSql({ id, role, passwordHash, disabled }));
}

/** The enabled admins, locked: two who change them at once take turns. */
export async function lockAdmins(db: Connection): Promise<string[]> {
  const admins = await db.any<{ id: string }>(lockAdminsSql());
  return admins.map(({ id }) => id);
}

/** @param tokenHash SHA-256 of the cookie's token. */
export async function openOperatorSession(
  db: Connection,
  session: { tokenHash: Buffer; operatorId: string; csrf: string; lifetimeMs: number },
): Promise<void> {
  await db.one(openSql({ ...session }));
}

export function findOperatorSession(db: Connection, tokenHash: Buffer): Promise<OperatorSession | null> {
  return db.oneOrNone<OperatorSession>(findSessionSql({ tokenHash }));
}

export async function endOperatorSession(db: Connection, tokenHash: Buffer): Promise<void> {
  await db.oneOrNone(endSql({ tokenHash }));
}

export async function endOperatorSessions(db: Connection, operatorId: string): Promise<void> {
  await db.any(endAllSql({ operatorId }));
}

/** All but the one that is used. */
export async function endOtherOperatorSessions(
  db: Connection,
  { id, csrf }: Pick<OperatorSession, 'id' | 'csrf'>,
): Promise<void> {
  await db.any(endOthersSql({ operatorId: id, csrf }));
}

/** Answers how many had expired. */
export async function reapOperatorSessions(db: Connection): Promise<number> {
  return (await db.any(reapSql())).length;
}
