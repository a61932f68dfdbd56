import { Option, type Command } from 'commander';
import { migrate } from '../../../db/migrate.ts';
import { describeConfig, readConfig } from '../../../shared/config.ts';
import { readStatus, type Status } from '../../actions/status.ts';
import { tick, tickVerbs, type TickVerb } from '../../actions/tick.ts';
import type { LoopSnapshot } from '../../snapshots/queues.ts';
import { databaseUrlOf, withSpine } from '../open.ts';
import {
  paint,
  renderAge,
  renderDuration,
  renderFacts,
  renderMoment,
  renderTable,
  type Column,
  type Look,
} from '../print.ts';
import { besideRunning } from '../run-file.ts';
import { addActOptions, addReadOptions, operatorOf, say, type Session } from '../session.ts';
import { sharedBroker } from './queues.ts';

export function addSystemCommands(program: Command, session: Session): void {
  const { env } = session;
  const how = program
    .command('status')
    .description('how the system stands')
    .option('--check', 'end with 1 if broker, workers or ticker are away');
  addReadOptions(how).action(async ({ check, ...options }: { check?: boolean }) => {
    const status = await withSpine(env, ({ db, broker }) => readStatus({ db, broker: sharedBroker(broker) }));
    say(session, options, status, renderStatus(status, session.look));
    const missing = missingIn(status);
    if (check && missing.length > 0) throw new Error(`Missing: ${missing.join(', ')}.`);
  });
  addReadOptions(program.command('migrate').description("bring the database to this build's schema")).action(
    async (options: object) => {
      const applied = await migrate(databaseUrlOf(readConfig(besideRunning(env))));
      say(session, options, { applied }, applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to apply.');
    },
  );
  addReadOptions(program.command('config').description('every setting with its value, secrets masked')).action(
    (options: object) => {
      const settings = describeConfig(readConfig(env));
      const columns = [
        { title: 'SETTING', value: (row: (typeof settings)[number]) => row.env },
        { title: 'VALUE', value: (row: (typeof settings)[number]) => row.value, shrinks: true },
        { title: 'WHAT IT IS', value: (row: (typeof settings)[number]) => row.summary, shrinks: true },
      ];
      say(session, options, { settings }, renderTable(settings, columns, '', session.look));
    },
  );
  const once = program
    .command('tick')
    .description("run the ticker's verbs once, beside any ticker that runs")
    .addOption(new Option('--only <verbs...>', 'only these').choices(tickVerbs));
  addActOptions(once).action(async ({ only, ...options }: { only?: TickVerb[] }) => {
    const done = await withSpine(env, spine => tick(spine, { verbs: only ?? tickVerbs }, operatorOf(options)));
    say(session, options, done, renderFacts(done));
  });
}

/** What must run for anything to be done, and does not. */
function missingIn({ broker, workers, leader }: Status): string[] {
  return [
    ...(broker?.problem ? ['the broker'] : []),
    ...(workers.length === 0 ? ['workers'] : []),
    ...(leader === null ? ['a ticker that leads'] : []),
  ];
}

type StatusWorker = Status['workers'][number];
const workerColumns: Column<StatusWorker>[] = [
  { title: 'WORKER', value: worker => worker.name, shrinks: true },
  { title: 'VERSION', value: worker => worker.version },
  { title: 'RUNNING', value: worker => worker.running, align: 'right' },
  { title: 'KINDS', value: worker => worker.kinds.length, align: 'right' },
  { title: 'UP', value: worker => renderAge(worker.startedAt), align: 'right' },
  { title: 'HEARTBEAT', value: worker => `${renderAge(worker.seenAt)} ago`, align: 'right' },
];

const loopColumns: Column<LoopSnapshot>[] = [
  { title: 'LOOP', value: loop => loop.name },
  { title: 'EVERY', value: loop => renderDuration(loop.everyMs / 1_000), align: 'right' },
  { title: 'LAST', value: loop => (loop.lastAt === null ? null : `${renderAge(loop.lastAt)} ago`), align: 'right' },
  { title: 'TOOK', value: loop => (loop.lastMs === null ? null : `${loop.lastMs} ms`), align: 'right' },
  { title: 'PROBLEM', value: loop => loop.error ?? '', shrinks: true, color: () => 'red' },
];

function renderStatus(status: Status, look: Look | undefined): string {
  const { broker, workers, leader, loops, ageS } = status;
  const atLeast = status.capped ? 'at least ' : '';
  const facts = renderFacts({
    database: 'up, at the schema of this build',
    broker: broker === null ? 'memory, inside the running process' : `${broker.name}, ${broker.problem ?? 'up'}`,
    waiting:
      status.waiting > 0
        ? `${atLeast}${status.waiting} jobs, the oldest for ${renderDuration(status.oldestS)}`
        : '0 jobs',
    'relay lag': renderDuration(status.relayLagS),
    alerts: `${status.openAlerts} open`,
    workers: `${workers.length} alive`,
    ticker: leader ? `${leader.name} leads since ${renderMoment(new Date(leader.since))}` : 'none leads',
    seen: ageS === null ? 'counted now' : `${renderDuration(ageS)} ago`,
  });
  const parts = [facts, renderTable(workers, workerColumns, 'No worker is alive.', look)];
  if (loops.length > 0) parts.push(renderTable(loops, loopColumns, '', look));
  const missing = missingIn(status);
  if (missing.length > 0) parts.push(paint(`Missing: ${missing.join(', ')}.`, 'red', look));
  return parts.join('\n\n');
}
