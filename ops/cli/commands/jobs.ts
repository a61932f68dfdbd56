import { Option, type Command } from 'commander';
import type { JobRetries } from '../../../db/core/job-retries.ts';
import type { FoundJob, JobSearch } from '../../../db/core/job-search.ts';
import type { AttemptRow, JobRow } from '../../../db/core/jobs.ts';
import { jobStatuses, statusOf, type JobStatus } from '../../../shared/state.ts';
import { cloneJob } from '../../actions/clone-job.ts';
import { cancelJob, findJobs, showJob } from '../../actions/jobs.ts';
import { retryJob, type Retried } from '../../actions/retry-job.ts';
import { withRows } from '../open.ts';
import { renderAge, renderDuration, renderFacts, renderTable, type Color, type Column, type Look } from '../print.ts';
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

interface ListOptions extends Omit<JobSearch, 'beforeId' | 'isOpen' | 'uniqueKey' | 'code'> {
  key?: string;
  fault?: string;
  open?: boolean;
  before?: string;
  json?: boolean;
}

export function addJobsCommands(program: Command, session: Session): void {
  const jobs = program.command('jobs').description('find, look at, retry, cancel and clone jobs');
  const list = jobs
    .command('list')
    .description("everyone's jobs, newest first; all that is given must fit")
    .option('--kind <kind>', 'of this kind')
    .addOption(new Option('--status <status>', 'in this status').choices(jobStatuses))
    .option('--owner <owner>', "this owner's, as in service/<key id>")
    .option('--tenant <tenant>', "this tenant's")
    .option('--from <moment>', 'made at or after, as 2026-01-31, 2026-01-31T08:00Z, or 24h ago', parseMoment)
    .option('--to <moment>', 'made before', parseMoment)
    .option('--ids <a,b>', 'these', parseIds)
    .option('--key <key>', 'the live one with this unique key')
    .option('--fault <code>', 'with a fault of this code')
    .option('--open', 'not posted anew')
    .option('--before <id>', 'older than this one', parseId)
    .option('--limit <n>', 'at most so many, up to 500', wholeNumber(1, 500), 20);
  addReadOptions(list).action(async ({ before, key, fault, open, json = false, ...rest }: ListOptions) => {
    const search = { ...rest, beforeId: before, uniqueKey: key, code: fault, isOpen: open };
    const { jobs: found, nextBeforeId, isCut } = await withRows(session.env, rows => findJobs(rows, search));
    const more = nextBeforeId === null ? '' : `\n${isCut ? 'search further' : 'more'}: --before ${nextBeforeId}`;
    const text = renderTable(found, jobColumns, 'No jobs.', session.look) + more;
    say(session, { json }, { jobs: found.map(jobFacts), nextBeforeId, isCut }, text);
  });
  const show = jobs.command('show').description('one job with its attempts').argument('<id>', 'of the job', parseId);
  addReadOptions(show).action(async (id: string, options: object) => {
    const { job, attempts, retries } = await withRows(session.env, rows => showJob(rows, id));
    const text = renderJob(job, attempts, retries, session.look);
    say(session, options, { ...jobFacts(job), ...retries, attempts }, text);
  });
  const retry = jobs
    .command('retry')
    .description('try a job now: a waiting one is pulled forward, a failed or cancelled one is posted anew')
    .argument('<id>', 'of the job', parseId);
  addActOptions(retry).action(async (id: string, options: object) => {
    const retried = await withRows(session.env, rows => retryJob(rows, { id }, operatorOf(options)));
    say(session, options, retried, retriedText(retried));
  });
  const cancel = jobs
    .command('cancel')
    .description('cancel a waiting job, or ask the worker of a running one to stop it')
    .argument('<id>', 'of the job', parseId);
  addActOptions(cancel).action(async (id: string, options: object) => {
    const job = await withRows(session.env, rows => cancelJob(rows, { id }, operatorOf(options)));
    const text = job.state === 'running' ? `Job ${id} is asked to stop.` : `Job ${id} is cancelled.`;
    say(session, options, jobFacts(job), text);
  });
  const clone = jobs
    .command('clone')
    .description('post a job with the kind, payload and owner of another, whatever became of that one')
    .argument('<id>', 'of the job', parseId);
  addActOptions(clone).action(async (id: string, options: object) => {
    const made = await withRows(session.env, rows => cloneJob(rows, { id }, operatorOf(options)));
    say(session, options, made, `Posted as job ${made.jobId}.`);
  });
}

const statusColors: Record<JobStatus, Color | null> = {
  queued: null,
  running: 'bold',
  retrying: 'yellow',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'dim',
};

export function statusColor(job: Pick<FoundJob, 'state' | 'attempt'>): Color | null {
  return statusColors[statusOf(job.state, job.attempt)];
}

export const jobColumns: Column<FoundJob | JobRow>[] = [
  { title: 'ID', value: job => job.id },
  { title: 'KIND', value: job => job.kind },
  { title: 'STATUS', value: job => statusOf(job.state, job.attempt), color: statusColor },
  { title: 'TRY', value: job => `${job.attempt}/${job.maxAttempts}` },
  { title: 'AGE', value: job => renderAge(job.createdAt), align: 'right' },
  { title: 'OWNER', value: job => job.owner, shrinks: true },
  { title: 'FAULT', value: job => job.fault?.code ?? '', shrinks: true },
];

const attemptColumns: Column<AttemptRow>[] = [
  { title: 'TRY', value: attempt => attempt.attempt, align: 'right' },
  { title: 'OUTCOME', value: attempt => attempt.outcome },
  { title: 'STARTED', value: attempt => attempt.startedAt },
  { title: 'TOOK', value: tookOf, align: 'right' },
  { title: 'WORKER', value: attempt => attempt.worker, shrinks: true },
  {
    title: 'FAULT',
    value: attempt => attempt.fault && `${attempt.fault.code}: ${attempt.fault.message}`,
    shrinks: true,
  },
];

function tookOf({ startedAt, endedAt }: AttemptRow): string | null {
  return startedAt && renderDuration((endedAt.getTime() - startedAt.getTime()) / 1_000);
}

/** The job in the words of the HTTP surface, and what operators alone may know. */
export function jobFacts<Job extends FoundJob | JobRow>(job: Job) {
  const { state, ...facts } = job;
  const status = statusOf(state, job.attempt);
  return { ...facts, status, nextAttemptAt: status === 'retrying' ? job.dueAt : null };
}

function renderJob(
  job: JobRow,
  attempts: readonly AttemptRow[],
  { retriedAs, retryOf }: JobRetries,
  look: Look | undefined,
): string {
  const { fault } = job;
  const facts = renderFacts({
    id: job.id,
    kind: `${job.kind} (payload version ${job.version})`,
    status:
      statusOf(job.state, job.attempt) + (job.cancelRequested && job.state === 'running' ? ', asked to stop' : ''),
    attempt: `${job.attempt} of ${job.maxAttempts}`,
    progress: job.progress,
    owner: job.owner,
    tenant: job.tenant,
    'unique key': job.uniqueKey,
    'runs alone': job.isolate,
    created: job.createdAt,
    'due (relay)': job.dueAt,
    started: job.startedAt,
    finished: job.finishedAt,
    worker: job.worker,
    'request id': job.requestId,
    trace: job.trace,
    'posted anew as': retriedAs,
    'posted anew for': retryOf.length > 0 ? retryOf.join(', ') : null,
    fault: fault && `${fault.code}: ${fault.message}`,
    cause: fault?.cause ?? null,
    payload: JSON.stringify(job.payload),
    result: JSON.stringify(job.result),
  });
  return `${facts}\n\n${renderTable(attempts, attemptColumns, 'No attempt has ended in anything but success.', look)}`;
}

function retriedText({ jobId, how }: Retried): string {
  if (how === 'pulled') return `Job ${jobId} is due now.`;
  return how === 'again' ? `Posted anew as job ${jobId}.` : `Job ${jobId} does the same and was live already.`;
}
