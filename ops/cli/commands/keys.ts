import type { Command } from 'commander';
import type { ServiceKey } from '../../../db/core/service-keys.ts';
import { createKey, listKeys, revokeKey } from '../../actions/service-keys.ts';
import { withRows } from '../open.ts';
import { renderAge, renderTable, type Column } from '../print.ts';
import { addActOptions, addReadOptions, commaList, operatorOf, parseId, say, type Session } from '../session.ts';

interface CreateOptions {
  name: string;
  kinds: string[];
  operator?: boolean;
}

export function addKeysCommands(program: Command, session: Session): void {
  const keys = program.command('keys').description('service keys (mk_…) for the jobs surface');
  const create = keys
    .command('create')
    .description('make a key; its text is shown once, on the last line')
    .requiredOption('--name <name>', 'whose it is')
    .requiredOption('--kinds <a,b>', "kinds that it may post; '*' is every public one", commaList)
    .option('--operator', 'it may see, post and cancel everything');
  addActOptions(create).action(async ({ name, kinds, operator = false, ...options }: CreateOptions) => {
    const made = await withRows(session.env, rows => createKey(rows, { name, kinds, operator }, operatorOf(options)));
    const text = `Key ${made.id} for ${kinds.join(', ')}${operator ? ', as an operator' : ''}. Keep it: it is not shown again.`;
    say(session, options, { ...made, name, kinds, operator }, `${text}\n${made.key}`);
  });
  const list = keys.command('list').description('all keys, without their texts');
  addReadOptions(list).action(async (options: object) => {
    const rows = await withRows(session.env, listKeys);
    say(session, options, { keys: rows }, renderTable(rows, keyColumns, 'No keys.', session.look));
  });
  const revoke = keys.command('revoke').description('end a key').argument('<id>', 'of the key', parseId);
  addActOptions(revoke).action(async (id: string, options: object) => {
    await withRows(session.env, rows => revokeKey(rows, { id }, operatorOf(options)));
    say(session, options, { id, revoked: true }, `Key ${id} is revoked; edges forget it within seconds.`);
  });
}

const keyColumns: Column<ServiceKey & { createdAt: Date; revokedAt: Date | null }>[] = [
  { title: 'ID', value: key => key.id },
  { title: 'NAME', value: key => key.name, shrinks: true },
  { title: 'KINDS', value: key => key.kinds.join(', '), shrinks: true },
  { title: 'OPERATOR', value: key => key.operator },
  { title: 'AGE', value: key => renderAge(key.createdAt), align: 'right' },
  { title: 'REVOKED', value: key => key.revokedAt && renderAge(key.revokedAt), align: 'right' },
];
