import { Option, type Command } from 'commander';
import { insertJobs } from '../../../db/insert-job.ts';
import { transact } from '../../../db/transact.ts';
import { Fault } from '../../../shared/fault.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { resetStaffing } from '../../demo-data/reset-staffing.ts';
import { withRows } from '../open.ts';
import { showProgress } from '../progress.ts';
import { addReadOptions, say, wholeNumber, type Session } from '../session.ts';

interface JobsOptions {
  count: number;
  kind: string;
}

const batchJobs = 1_000;

/** Data to try the system with; refused in production. */
export function addSeedCommands(program: Command, session: Session): void {
  const seed = program.command('seed').description('data to try the system with; refused in production');
  const staffing = seed
    .command('staffing')
    .description("put a fresh staffing tenant with the same people in the place of the demo's");
  addReadOptions(staffing).action(async (options: object) => {
    const made = await withRows(session.env, resetStaffing);
    say(session, options, made, `Tenant ${made.tenantId}; accounts as before, in ${made.path}.`);
  });
  const jobs = seed
    .command('jobs')
    .description('many jobs that only echo their payload; the relay takes them within seconds')
    .option('--count <n>', 'so many', wholeNumber(1, 1_000_000), 1_000)
    .addOption(new Option('--kind <kind>').choices(['noop', 'noop-local']).default('noop'));
  addReadOptions(jobs).action(async ({ count, kind, ...options }: JobsOptions) => {
    await withRows(session.env, async ({ config, db, catalog }) => {
      const spec = catalog.get(kind);
      if (config.nodeEnv === 'production' || !spec) throw new Fault('forbidden', 'No seed is sown in production.');
      const order = { owner: 'system', requestId: uuidV7() };
      // They fall due by themselves: to pull each of them forward would take longer than the relay does.
      const deps = { db, dispatch: { send: () => {} } };
      const bar = showProgress(session, 'jobs', count);
      try {
        for (let made = 0; made < count; made += batchJobs) {
          const payloads = Array.from({ length: Math.min(batchJobs, count - made) }, (_, at) => ({ n: made + at }));
          await transact(deps, tx => insertJobs(tx, spec, payloads, order));
          bar.update(made + payloads.length);
        }
      } finally {
        bar.stop();
      }
    });
    say(session, options, { kind, count }, `${count} jobs of kind ${kind}; owner "system".`);
  });
}
