import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Connection, Transaction } from '../../db/connect.ts';
import {
  changeOperator,
  createOperator,
  endOperatorSessions,
  endOtherOperatorSessions,
  getOperator,
  listOperators,
  lockAdmins,
  type OperatorRole,
  operatorRoles,
  type OperatorRow,
  type OperatorSession,
} from '../../db/core/operators.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { hashPassword, verifyPassword } from '../../shared/password.ts';
import { isUuid } from '../../shared/uuid.ts';
import { leaveTrace, type Operator } from './operator.ts';

const newOperatorSchema = z.strictObject({
  email: z.email().max(254).toLowerCase(),
  name: z.string().trim().min(1).max(100),
  role: z.enum(operatorRoles),
});
export type NewOperator = z.input<typeof newOperatorSchema>;

/** Of a password that a person chooses. */
export const minPasswordCharacters = 12;

/** Everybody who may sign in at the console, and who might once. */
export function readOperators(deps: { db: Connection }): Promise<OperatorRow[]> {
  return listOperators(deps.db);
}

/** The password is in the answer and nowhere else. Faults: `invalid`; `conflict` if the address is taken. */
export async function addOperator(
  deps: TransactDeps,
  given: NewOperator,
  operator: Operator,
): Promise<{ operator: OperatorRow; password: string }> {
  const checked = newOperatorSchema.safeParse(given);
  if (!checked.success)
    throw new Fault(
      'invalid',
      checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const { email, name, role } = checked.data;
  const { password, passwordHash } = await makePassword();
  return transact(deps, async tx => {
    const made = await createOperator(tx, { email, name, role, passwordHash });
    if (!made) throw new Fault('conflict', 'There is an operator with that address already.');
    await leaveTrace(tx, operator, { action: 'operator.add', subject: email, details: { name, role } });
    return { operator: made, password };
  });
}

/** Signs them out. Faults: `not_found`; `conflict` if it is their role already, or no enabled admin would be left. */
export function setOperatorRole(
  deps: TransactDeps,
  { id, role }: { id: string; role: OperatorRole },
  operator: Operator,
): Promise<OperatorRow> {
  return change(deps, id, operator, {
    change: { role },
    action: 'operator.role',
    details: { role },
    guard: async tx => {
      if (role !== 'admin') await keepAnAdmin(tx, id);
      const known = await getOperator(tx, id);
      if (known?.role === role) throw new Fault('conflict', `The role of ${known.name} is "${role}" already.`);
    },
  });
}

/** Signs them out, and in no more. Faults: `not_found`; `conflict` if no enabled admin would be left. */
export function disableOperator(deps: TransactDeps, { id }: { id: string }, operator: Operator): Promise<OperatorRow> {
  const guard = (tx: Transaction) => keepAnAdmin(tx, id);
  return change(deps, id, operator, { change: { disabled: true }, action: 'operator.disable', guard });
}

export function enableOperator(deps: TransactDeps, { id }: { id: string }, operator: Operator): Promise<OperatorRow> {
  return change(deps, id, operator, { change: { disabled: false }, action: 'operator.enable' });
}

/** For who has forgotten theirs: signs them out. The new one is in the answer and nowhere else. Fault: `not_found`. */
export async function resetOperatorPassword(
  deps: TransactDeps,
  { id }: { id: string },
  operator: Operator,
): Promise<{ operator: OperatorRow; password: string }> {
  const { password, passwordHash } = await makePassword();
  const row = await change(deps, id, operator, { change: { passwordHash }, action: 'operator.password' });
  return { operator: row, password };
}

/** Ends their other sessions. Faults: `forbidden` for a wrong present password, `invalid` for a new one that is too short. */
export async function changeOwnPassword(
  deps: TransactDeps,
  { session, current, next }: { session: OperatorSession; current: string; next: string },
): Promise<void> {
  if (next.length < minPasswordCharacters || next.length > 1_000)
    throw new Fault('invalid', `The new password has at least ${minPasswordCharacters} characters.`);
  const known = await getOperator(deps.db, session.id);
  if (!(await verifyPassword(known?.passwordHash ?? null, current)))
    throw new Fault('forbidden', 'That is not your present password.');
  const passwordHash = await hashPassword(next);
  await transact(deps, async tx => {
    await changeOperator(tx, session.id, { passwordHash });
    await endOtherOperatorSessions(tx, session);
    await leaveTrace(tx, { actor: session.email }, { action: 'operator.own-password', subject: session.email });
  });
}

interface Change {
  change: Parameters<typeof changeOperator>[2];
  action: string;
  details?: unknown;
  guard?: (tx: Transaction) => Promise<void>;
}

function change(deps: TransactDeps, id: string, operator: Operator, told: Change): Promise<OperatorRow> {
  return transact(deps, async tx => {
    if (!isUuid(id)) throw nobody();
    await told.guard?.(tx);
    const row = await changeOperator(tx, id, told.change);
    if (!row) throw nobody();
    await endOperatorSessions(tx, id);
    await leaveTrace(tx, operator, { action: told.action, subject: row.email, details: told.details });
    return row;
  });
}

const nobody = () => new Fault('not_found', 'There is no such operator.');

async function keepAnAdmin(tx: Transaction, id: string): Promise<void> {
  const admins = await lockAdmins(tx);
  if (admins.length === 1 && admins[0] === id)
    throw new Fault('conflict', 'This is the last enabled admin: make somebody else an admin first.', {
      reason: 'last_admin',
    });
}

/** 120 random bits, to be typed from a screen if need be. */
async function makePassword(): Promise<{ password: string; passwordHash: string }> {
  const password = randomBytes(15).toString('base64url');
  return { password, passwordHash: await hashPassword(password) };
}
