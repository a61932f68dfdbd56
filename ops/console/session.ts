import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { Connection } from '../../db/connect.ts';
import {
  endOperatorSession,
  findOperator,
  findOperatorSession,
  openOperatorSession,
  type OperatorRole,
  operatorRoles,
  type OperatorSession,
} from '../../db/core/operators.ts';
import { writeAudit } from '../../db/core/audit.ts';
import { Fault } from '../../shared/fault.ts';
import { verifyPassword } from '../../shared/password.ts';

const cookieName = 'millrace_console';
const lifetimeMs = 12 * 3_600_000;

/** Who sends a request, by its cookie; null for nobody. */
export async function readSession(db: Connection, ctx: Context): Promise<OperatorSession | null> {
  const token = ctx.cookies.get(cookieName);
  return token === undefined || token === '' ? null : findOperatorSession(db, hashOf(token));
}

/** Opens a session for whoever knows the password. Throws `Fault('unauthenticated')`, the same for an unknown address. */
export async function signIn(db: Connection, ctx: Context, login: { email: string; password: string }): Promise<void> {
  const operator = await findOperator(db, login.email);
  const knows = await verifyPassword(operator?.passwordHash ?? null, login.password);
  if (!operator || !knows || operator.disabledAt)
    throw new Fault('unauthenticated', 'The address or the password is wrong.');
  const token = randomBytes(32).toString('base64url');
  const csrf = randomBytes(32).toString('base64url');
  await openOperatorSession(db, { tokenHash: hashOf(token), operatorId: operator.id, csrf, lifetimeMs });
  await writeAudit(db, { actor: operator.email, action: 'console.sign-in' });
  ctx.cookies.set(cookieName, token, { ...cookieRules(ctx), maxAge: lifetimeMs });
}

export async function signOut(db: Connection, ctx: Context): Promise<void> {
  const token = ctx.cookies.get(cookieName);
  if (token !== undefined && token !== '') await endOperatorSession(db, hashOf(token));
  ctx.cookies.set(cookieName, null, cookieRules(ctx));
}

/** Whether one role includes another: an admin may do what an operator may, who may do what a viewer may. */
export function mayActAs(role: OperatorRole, needed: OperatorRole): boolean {
  return operatorRoles.indexOf(role) >= operatorRoles.indexOf(needed);
}

function cookieRules(ctx: Context) {
  return { httpOnly: true, sameSite: 'lax', secure: ctx.secure, overwrite: true, path: '/' } as const;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
