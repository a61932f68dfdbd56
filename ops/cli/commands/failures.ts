import { type Command } from 'commander';
import { Fault } from '../../../shared/fault.ts';
import { listFailureGroups, noteFailure, silenceFailure, type FailureView } from '../../actions/failures.ts';
import { withRows } from '../open.ts';
import { renderAge, renderMoment, renderSpark, renderTable, type Column } from '../print.ts';
import {
  addActOptions,
  addReadOptions,
  operatorOf,
  parseDuration,
  parseMoment,
  say,
  type Session,
} from '../session.ts';

interface SilenceOptions {
  for?: number;
  until?: Date;
  lift?: boolean;
}

export function addFailuresCommands(program: Command, session: Session): void {
  const failures = program.command('failures').description('what fails, in groups: look, note, silence');
  const list = failures
    .command('list', { isDefault: true })
    .description('failed jobs that nobody has posted anew, and those that are tried again, by kind and fault')
    .option('--kind <kind>', 'only of this kind');
  addReadOptions(list).action(async ({ kind, ...options }: { kind?: string }) => {
    const seen = await withRows(session.env, rows => listFailureGroups(rows, { kind }));
    if (!seen) throw new Fault('unavailable', 'No ticker has ever looked: start one.');
    const { groups, ageS } = seen;
    const table = renderTable(groups, groupColumns, 'Nothing has failed that must be looked at.', session.look);
    const said = groups.flatMap(group => remarksOf(group));
    const old =
      ageS > staleS ? [`No ticker leads: this was seen ${renderAge(new Date(Date.now() - ageS * 1_000))} ago.`] : [];
    say(session, options, { ageS, groups }, [table, ...(said.length > 0 ? ['', ...said] : []), ...old].join('\n'));
  });
  const note = failures
    .command('note')
    .description('say something of a group, for the next who looks')
    .argument('<kind>')
    .argument('<fault>', 'its code')
    .argument('<text>', "'' takes the note away");
  addActOptions(note).action(async (kind: string, code: string, text: string, options: object) => {
    const row = await withRows(session.env, rows => noteFailure(rows, { kind, code, note: text }, operatorOf(options)));
    say(session, options, row, text === '' ? `No note on ${kind}/${code} any more.` : `Noted on ${kind}/${code}.`);
  });
  const silence = failures
    .command('silence')
    .description('leave a group out of what must be looked at, for a while')
    .argument('<kind>')
    .argument('<fault>', 'its code')
    .option('--for <time>', 'so long, as 90m, 24h or 7d', parseDuration)
    .option('--until <moment>', 'until then', parseMoment)
    .option('--lift', 'look at it again');
  addActOptions(silence).action(async (kind: string, code: string, given: SilenceOptions) => {
    const { for: forMs, until: untilAt, lift = false, ...options } = given;
    if ([forMs, untilAt, lift || undefined].filter(one => one !== undefined).length !== 1)
      throw new Fault('invalid', 'Say one of --for, --until and --lift.');
    const until = forMs === undefined ? (untilAt ?? null) : new Date(Date.now() + forMs);
    const row = await withRows(session.env, rows => silenceFailure(rows, { kind, code, until }, operatorOf(options)));
    const text = until === null ? 'is looked at again' : `is silenced until ${renderMoment(until)}`;
    say(session, options, row, `${kind}/${code} ${text}.`);
  });
}

/** The leader looks every ten seconds, less often where a look takes long. */
const staleS = 60;

const groupColumns: Column<FailureView>[] = [
  { title: 'KIND', value: group => group.kind },
  { title: 'FAULT', value: group => group.code, shrinks: true },
  { title: 'FAILED', value: group => group.failed, align: 'right', color: group => (group.failed > 0 ? 'red' : null) },
  { title: 'RETRYING', value: group => group.retrying, align: 'right' },
  { title: 'LAST', value: group => renderAge(group.lastAt), align: 'right' },
  { title: 'LAST 24 H', value: group => renderSpark(inPairs(group.hours)) },
  { title: 'THE NEWEST SAYS', value: group => group.message, shrinks: true },
];

function inPairs(hours: readonly number[]): number[] {
  return Array.from({ length: hours.length / 2 }, (_, at) => (hours[2 * at] ?? 0) + (hours[2 * at + 1] ?? 0));
}

function remarksOf({ kind, code, note, notedBy, silencedUntil }: FailureView): string[] {
  return [
    ...(note === '' ? [] : [`${kind}/${code}: ${note.replaceAll(/\p{Cc}+/gu, ' ')} (${notedBy})`]),
    ...(silencedUntil === null ? [] : [`${kind}/${code} is silenced until ${renderMoment(silencedUntil)}.`]),
  ];
}
