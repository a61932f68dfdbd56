import type { Command } from 'commander';
import { pauseSchedule, resumeSchedule, runSchedule } from '../../actions/schedules.ts';
import { readSchedules, type ScheduleView } from '../../actions/status.ts';
import { withRows } from '../open.ts';
import { renderTable, type Column } from '../print.ts';
import { addActOptions, addReadOptions, operatorOf, say, type Session } from '../session.ts';

export function addSchedulesCommands(program: Command, session: Session): void {
  const { env } = session;
  const schedules = program.command('schedules').description('what the clock makes due: look, run, pause, resume');
  addReadOptions(schedules.command('list', { isDefault: true }).description('each, and when it falls due')).action(
    async (options: object) => {
      const rows = await withRows(env, readSchedules);
      say(session, options, { schedules: rows }, renderTable(rows, columns, 'No schedules.', session.look));
    },
  );
  const run = schedules.command('run').description('make the jobs of one now').argument('<name>', 'of the schedule');
  addActOptions(run).action(async (name: string, options: object) => {
    const jobIds = await withRows(env, rows => runSchedule(rows, name, operatorOf(options)));
    say(session, options, { jobIds }, `${jobIds.length} of ${name}: ${jobIds.join(', ')}.`);
  });
  const pause = schedules
    .command('pause')
    .description('let its slots pass until it is resumed')
    .argument('<name>', 'of the schedule');
  addActOptions(pause).action(async (name: string, options: object) => {
    await withRows(env, rows => pauseSchedule(rows, name, operatorOf(options)));
    say(session, options, { name, paused: true }, `${name} is paused.`);
  });
  const resume = schedules
    .command('resume')
    .description('the slots that passed are made up by one')
    .argument('<name>', 'of the schedule');
  addActOptions(resume).action(async (name: string, options: object) => {
    await withRows(env, rows => resumeSchedule(rows, name, operatorOf(options)));
    say(session, options, { name, paused: false }, `${name} runs again; what it missed is made up by one slot.`);
  });
}

const columns: Column<ScheduleView>[] = [
  { title: 'SCHEDULE', value: row => row.name },
  { title: 'CRON (UTC)', value: row => row.cron },
  { title: 'LAST SLOT', value: row => row.lastSlot },
  { title: 'NEXT SLOT', value: row => row.nextSlot },
  { title: 'PAUSED', value: row => row.paused, color: row => (row.paused ? 'yellow' : null) },
];
