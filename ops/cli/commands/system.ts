import { Option, type Command } from 'commander';
import { migrate } from '../../../db/migrate.ts';
import { describeConfig, readConfig } from '../../../shared/config.ts';
import { runSchedule } from '../../actions/schedules.ts';
import { readAlerts, readSchedules, readStatus, type Status } from '../../actions/status.ts';
import { tick, tickVerbs, type TickVerb } from '../../actions/tick.ts';
import { databaseUrlOf, withRows, withSpine } from '../open.ts';
import { renderDuration, renderFacts, renderTable } from '../print.ts';
import { besideRunning } from '../run-file.ts';
import { addActOptions, addReadOptions, operatorOf, say, type Session } from '../session.ts';
import { sharedBroker } from './queues.ts';

export function addSystemCommands(program: Command, session: Session): void {
  const { env } = session;
  addReadOptions(program.command('status').description('how the system stands')).action(async (options: object) => {
    const status = await withSpine(env, ({ db, broker }) => readStatus({ db, broker: sharedBroker(broker) }));
    say(session, options, status, renderStatus(status));
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
        { title: 'VALUE', value: (row: (typeof settings)[number]) => row.value },
        { title: 'WHAT IT IS', value: (row: (typeof settings)[number]) => row.summary },
      ];
      say(session, options, { settings }, renderTable(settings, columns, ''));
    },
  );
  const schedules = program.command('schedules').description('what the clock makes due');
  addReadOptions(schedules.command('list').description('each, and when it falls due')).action(
    async (options: object) => {
      const rows = await withRows(env, readSchedules);
      say(session, options, { schedules: rows }, renderTable(rows, scheduleColumns, 'No schedules.'));
    },
  );
  const run = schedules.command('run').description('make the jobs of one now').argument('<name>', 'of the schedule');
  addActOptions(run).action(async (name: string, options: object) => {
    const jobIds = await withRows(env, rows => runSchedule(rows, name, operatorOf(options)));
    say(session, options, { jobIds }, `${jobIds.length} of ${name}: ${jobIds.join(', ')}.`);
  });
  addReadOptions(program.command('alerts').description('what a person must look at')).action(
    async (options: object) => {
      const alerts = await withRows(env, readAlerts);
      say(session, options, { alerts }, renderTable(alerts, alertColumns, 'No open alerts.'));
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

type ScheduleRow = Awaited<ReturnType<typeof readSchedules>>[number];
const scheduleColumns = [
  { title: 'SCHEDULE', value: (row: ScheduleRow) => row.name },
  { title: 'CRON (UTC)', value: (row: ScheduleRow) => row.cron },
  { title: 'LAST SLOT', value: (row: ScheduleRow) => row.lastSlot },
  { title: 'NEXT SLOT', value: (row: ScheduleRow) => row.nextSlot },
  { title: 'PAUSED', value: (row: ScheduleRow) => row.paused },
];

type AlertRow = Awaited<ReturnType<typeof readAlerts>>[number];
const alertColumns = [
  { title: 'KIND', value: (alert: AlertRow) => alert.kind },
  { title: 'SUBJECT', value: (alert: AlertRow) => alert.subject },
  { title: 'COUNT', value: (alert: AlertRow) => alert.count, align: 'right' as const },
  { title: 'FIRST', value: (alert: AlertRow) => alert.raisedAt },
  { title: 'LAST', value: (alert: AlertRow) => alert.lastRaisedAt },
  { title: 'DETAILS', value: (alert: AlertRow) => JSON.stringify(alert.details) },
];

function renderStatus(status: Status): string {
  const { broker, workers } = status;
  const facts = renderFacts({
    database: 'up, at the schema of this build',
    broker: broker === null ? 'memory, inside the running process' : `${broker.name}, ${broker.problem ?? 'up'}`,
    waiting: status.waiting > 0 ? `${status.waiting} jobs, the oldest for ${renderDuration(status.oldestS)}` : '0 jobs',
    'relay lag': renderDuration(status.relayLagS),
    alerts: `${status.openAlerts} open`,
    workers: `${workers.length} alive`,
  });
  const columns = [
    { title: 'WORKER', value: (worker: (typeof workers)[number]) => worker.name },
    { title: 'VERSION', value: (worker: (typeof workers)[number]) => worker.version },
    { title: 'RUNNING', value: (worker: (typeof workers)[number]) => worker.running, align: 'right' as const },
    { title: 'STARTED', value: (worker: (typeof workers)[number]) => worker.startedAt },
    { title: 'SEEN', value: (worker: (typeof workers)[number]) => worker.seenAt },
  ];
  return `${facts}\n\n${renderTable(workers, columns, 'No worker is alive.')}`;
}
