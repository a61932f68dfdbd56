import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { BulkActionRow, BulkFilter } from '../../../db/core/bulk-actions.ts';
import { Fault } from '../../../shared/fault.ts';
import {
  approveBulk,
  getBulk,
  listBulks,
  previewRedrive,
  proposeRedrive,
  stopBulk,
  type RedrivePreview,
} from '../../actions/bulk.ts';
import { freshQueues } from '../../snapshots/fresh-queues.ts';
import { type Rows, withRows } from '../open.ts';
import { countOf, renderAge, renderTable, type Column, type Look } from '../print.ts';
import { showProgress } from '../progress.ts';
import {
  addActOptions,
  addReadOptions,
  operatorOf,
  parseId,
  parseIds,
  parseMoment,
  say,
  wholeNumber,
  type Session,
} from '../session.ts';
import { signIn } from '../sign-in.ts';
import { jobColumns, jobFacts } from './jobs.ts';

interface RunOptions {
  kind: string;
  fault?: string;
  from?: Date;
  to?: Date;
  owner?: string;
  tenant?: string;
  ids?: string[];
  dryRun?: boolean;
  wait: boolean;
  as?: string;
  json?: boolean;
  actor?: string;
  reason?: string;
}

interface ActOptions {
  json?: boolean;
  reason?: string;
  actor?: string;
}

const pollMs = 1_000;

export function addRedriveCommands(program: Command, session: Session): void {
  const { env } = session;
  const redrive = program
    .command('redrive')
    .description('try failed jobs again, many at once; a kind that moves money waits for a second operator')
    .addHelpText('after', '\nWithout a command it is "run", whose filters "redrive run --help" tells.');
  const run = redrive
    .command('run', { isDefault: true })
    .description(
      'post failed jobs anew, and try at once those that wait for their next attempt; all that is given must fit',
    )
    .requiredOption('--kind <kind>', 'of this kind')
    .option('--fault <code>', 'with a fault of this code')
    .option('--from <moment>', 'made at or after, as 2026-01-31T08:00Z, or 24h ago', parseMoment)
    .option('--to <moment>', 'made before', parseMoment)
    .option('--owner <owner>', "this owner's")
    .option('--tenant <tenant>', "this tenant's")
    .option('--ids <a,b>', 'these', parseIds)
    .option('--dry-run', 'only count them')
    .option('--no-wait', "don't wait until it is done")
    .option('--as <email>', 'as this operator, who must give their password: for kinds that move money');
  addActOptions(run).action((options: RunOptions) =>
    withRows(env, async rows => {
      const filter = filterOf(options);
      const preview = await previewRedrive(rows, filter);
      if (options.dryRun) return say(session, options, previewFacts(preview), previewText(preview, session.look));
      if (preview.movesMoney && options.as === undefined)
        throw new Fault('forbidden', `Jobs of kind "${filter.kind}" move money: say who you are with --as <email>.`);
      const operator =
        options.as === undefined ? operatorOf(options) : await signIn(session, rows.db, options.as, options);
      const bulk = await proposeRedrive(rows, filter, operator);
      if (bulk.state === 'proposed')
        return say(
          session,
          options,
          bulk,
          `${countOf(bulk.total, 'job')}. Another operator must approve it: redrive approve ${bulk.id} --as <email>`,
        );
      if (!options.wait) return say(session, options, bulk, `${countOf(bulk.total, 'job')}, redrive ${bulk.id}.`);
      await follow(session, rows, bulk.id, options);
    }),
  );
  const approve = redrive
    .command('approve')
    .description('let a redrive that moves money begin; somebody else must have proposed it')
    .argument('<id>', 'of the redrive', parseId)
    .requiredOption('--as <email>', 'the operator who approves, and must give their password')
    .option('--no-wait', "don't wait until it is done");
  addActOptions(approve).action((id: string, options: ActOptions & { as: string; wait: boolean }) =>
    withRows(env, async rows => {
      const bulk = await approveBulk(rows, { id }, await signIn(session, rows.db, options.as, options));
      if (!options.wait) return say(session, options, bulk, `Redrive ${id} of ${countOf(bulk.total, 'job')} begins.`);
      await follow(session, rows, id, options);
    }),
  );
  const watch = redrive
    .command('watch')
    .description('wait until a redrive is done')
    .argument('<id>', 'of the redrive', parseId);
  addReadOptions(watch).action((id: string, options: ActOptions) =>
    withRows(env, rows => follow(session, rows, id, options)),
  );
  const stop = redrive
    .command('stop')
    .description('end a redrive; what is done stays done')
    .argument('<id>', 'of the redrive', parseId);
  addActOptions(stop).action(async (id: string, options: ActOptions) => {
    const bulk = await withRows(env, rows => stopBulk(rows, { id }, operatorOf(options)));
    say(session, options, bulk, `Redrive ${id} is stopped after ${bulk.done} of ${countOf(bulk.total, 'job')}.`);
  });
  const list = redrive
    .command('list')
    .description('redrives, newest first')
    .option('--before <id>', 'older than this one', parseId)
    .option('--limit <n>', 'at most so many, up to 200', wholeNumber(1, 200), 20);
  addReadOptions(list).action(
    async ({ before, limit, ...options }: ActOptions & { before?: string; limit: number }) => {
      const bulks = await withRows(env, rows => listBulks(rows, { beforeId: before, limit }));
      say(session, options, { redrives: bulks }, renderTable(bulks, bulkColumns, 'No redrives.', session.look));
    },
  );
}

function filterOf({ kind, fault, from, to, owner, tenant, ids }: RunOptions): BulkFilter {
  const all = { kind, code: fault, from: from?.toISOString(), to: to?.toISOString(), owner, tenant, ids };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as BulkFilter;
}

/** Shows how far it is until it has ended. Ctrl-C ends the looking, not the redrive. Rejects, and so ends with 1, if jobs could not be tried. */
async function follow(session: Session, rows: Rows, id: string, options: ActOptions): Promise<void> {
  const signal = session.interruption?.();
  let bulk = await getBulk(rows, id);
  if (bulk.state === 'proposed') throw new Fault('conflict', 'It waits for another operator: redrive approve.');
  if (!(await freshQueues(rows.db))) session.writeError('No ticker leads: it goes on once one does.\n');
  const bar = showProgress(session, 'redrive', bulk.total);
  try {
    while (bulk.state === 'running') {
      await delay(pollMs, undefined, signal ? { signal } : {}).catch(() => {});
      bulk = await getBulk(rows, id);
      bar.update(bulk.done + bulk.skipped + bulk.failed);
      if (signal?.aborted) break;
    }
  } finally {
    bar.stop();
  }
  const figures = `${bulk.done} of ${countOf(bulk.total, 'job')} tried again, ${bulk.skipped} taken up already, ${bulk.failed} could not be`;
  const hint = bulk.state === 'running' ? ` It goes on: redrive watch ${id}, redrive stop ${id}.` : '';
  const why = bulk.lastError === null ? '' : ` The last error: ${bulk.lastError}`;
  say(session, options, bulk, `Redrive ${id} is ${bulk.state}: ${figures}.${hint}${why}`);
  if (bulk.failed > 0) throw new Error(`${countOf(bulk.failed, 'job')} could not be tried again.`);
}

function previewFacts({ sample, ...preview }: RedrivePreview) {
  return { ...preview, sample: sample.map(jobFacts) };
}

function previewText({ total, capped, retrying, movesMoney, sample }: RedrivePreview, look: Look | undefined): string {
  const approval = movesMoney ? ' It moves money: another operator must approve it.' : '';
  const text = `${capped ? 'At least ' : ''}${countOf(total, 'job')}; ${total - retrying} would be posted anew, ${retrying} tried at once.${approval}`;
  return total === 0 ? 'No failed job fits.' : `${text} The newest:\n\n${renderTable(sample, jobColumns, '', look)}`;
}

const bulkColumns: Column<BulkActionRow>[] = [
  { title: 'ID', value: bulk => bulk.id },
  { title: 'STATE', value: bulk => bulk.state, color: bulk => (bulk.state === 'proposed' ? 'yellow' : null) },
  {
    title: 'DONE',
    value: ({ done, total, failed }) => `${done}/${total}${failed > 0 ? `, ${failed} failed` : ''}`,
    color: bulk => (bulk.failed > 0 ? 'red' : null),
  },
  { title: 'AGE', value: bulk => renderAge(bulk.createdAt), align: 'right' },
  { title: 'WHAT', value: bulk => [bulk.filter.kind, bulk.filter.code].filter(Boolean).join('/') },
  { title: 'BY', value: bulk => bulk.createdBy, shrinks: true },
  { title: 'WHY', value: bulk => bulk.reason, shrinks: true },
];
