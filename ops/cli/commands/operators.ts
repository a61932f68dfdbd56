import { Option, type Command } from 'commander';
import type { Connection } from '../../../db/connect.ts';
import { findOperator, operatorRoles, type OperatorRole, type OperatorRow } from '../../../db/core/operators.ts';
import { Fault } from '../../../shared/fault.ts';
import {
  addOperator,
  disableOperator,
  enableOperator,
  readOperators,
  resetOperatorPassword,
  setOperatorRole,
} from '../../actions/operators.ts';
import { withRows } from '../open.ts';
import { renderAge, renderTable, type Column } from '../print.ts';
import { addActOptions, addReadOptions, operatorOf, say, type Session } from '../session.ts';

interface AddOptions {
  email: string;
  name: string;
  role: OperatorRole;
}

export function addOperatorsCommands(program: Command, session: Session): void {
  const { env } = session;
  const operators = program.command('operators').description('who may sign in at the console');
  addReadOptions(
    operators.command('list', { isDefault: true }).description('everybody, those who may no more too'),
  ).action(async (options: object) => {
    const rows = await withRows(env, readOperators);
    say(session, options, { operators: rows }, renderTable(rows, columns, 'No operators.', session.look));
  });
  const add = operators
    .command('add')
    .description('let somebody in; the password is made, and shown once on the last line')
    .requiredOption('--email <address>')
    .requiredOption('--name <name>')
    .addOption(
      new Option('--role <role>', 'viewers look, operators act, admins say who may')
        .choices(operatorRoles)
        .makeOptionMandatory(),
    );
  addActOptions(add).action(async ({ email, name, role, ...options }: AddOptions) => {
    const made = await withRows(env, rows => addOperator(rows, { email, name, role }, operatorOf(options)));
    const data = { ...made.operator, password: made.password };
    say(session, options, data, `${made.operator.email} is ${role}.\n${made.password}`);
  });
  const role = operators
    .command('role')
    .description("change somebody's role; they sign in anew")
    .argument('<email>')
    .addArgument(program.createArgument('<role>').choices(operatorRoles));
  addActOptions(role).action(async (email: string, to: OperatorRole, options: object) => {
    const row = await withRows(env, async rows =>
      setOperatorRole(rows, { id: await idOf(rows.db, email), role: to }, operatorOf(options)),
    );
    say(session, options, row, `${row.email} is ${row.role}.`);
  });
  for (const [verb, description, change] of [
    ['disable', 'let somebody in no more, and sign them out', disableOperator],
    ['enable', 'let somebody in again', enableOperator],
  ] as const) {
    const command = operators.command(verb).description(description).argument('<email>');
    addActOptions(command).action(async (email: string, options: object) => {
      const row = await withRows(env, async rows =>
        change(rows, { id: await idOf(rows.db, email) }, operatorOf(options)),
      );
      say(session, options, row, `${row.email} is ${verb}d.`);
    });
  }
  const password = operators
    .command('password')
    .description('make somebody a new password, shown once on the last line, and sign them out')
    .argument('<email>');
  addActOptions(password).action(async (email: string, options: object) => {
    const made = await withRows(env, async rows =>
      resetOperatorPassword(rows, { id: await idOf(rows.db, email) }, operatorOf(options)),
    );
    const data = { ...made.operator, password: made.password };
    say(session, options, data, `A new password for ${made.operator.email}:\n${made.password}`);
  });
}

async function idOf(db: Connection, email: string): Promise<string> {
  const operator = await findOperator(db, email);
  if (!operator) throw new Fault('not_found', `There is no operator ${email}.`);
  return operator.id;
}

const columns: Column<OperatorRow>[] = [
  { title: 'E-MAIL', value: row => row.email },
  { title: 'NAME', value: row => row.name, shrinks: true },
  { title: 'ROLE', value: row => row.role },
  { title: 'SINCE', value: row => renderAge(row.createdAt), align: 'right' },
  { title: 'DISABLED', value: row => row.disabledAt !== null, color: row => (row.disabledAt ? 'yellow' : null) },
];
