import type { Connection } from '../../db/connect.ts';
import { findOperator } from '../../db/core/operators.ts';
import { Fault } from '../../shared/fault.ts';
import { verifyPassword } from '../../shared/password.ts';
import type { Operator } from '../actions/operator.ts';
import type { Session } from './session.ts';

/**
 * Has an operator of the console tell who they are, by their password: from the terminal, or a line of the input. What is done for
 * money needs two people, and a name in an option is nobody. Throws `Fault('forbidden')`.
 */
export async function signIn(
  session: Session,
  db: Connection,
  email: string,
  options: { reason?: string },
): Promise<Operator> {
  const read = session.readSecret ?? session.readInput;
  const password = (await read(`Password of ${email}: `)).replace(/\r?\n$/, '');
  const operator = await findOperator(db, email);
  const knows = await verifyPassword(operator?.passwordHash ?? null, password);
  if (!operator || !knows || operator.disabledAt) throw new Fault('forbidden', 'The address or the password is wrong.');
  if (operator.role === 'viewer') throw new Fault('forbidden', `${operator.email} may look, but not act.`);
  return { actor: operator.email, reason: options.reason };
}
