import { Option, type Command } from 'commander';
import type { AttemptRow, JobRow } from '../../../db/core/jobs.ts';
import { jobStatuses, statusOf, type JobStatus } from '../../../shared/state.ts';
import { cancelJob, findJobs, showJob } from '../../actions/jobs.ts';
import { retryJob, type Retried } from '../../actions/retry-job.ts';
import { withRows } from '../open.ts';
import { renderFacts, renderTable, type Column } from '../print.ts';
import { addActOptions, addReadOptions, operatorOf, parseId, say, wholeNumber, type Session } from '../session.ts';

interface ListOptions {
  kind?: string;
  status?: JobStatus;
  owner?: string;
  before?: string;
  limit: number;
}

export function addJobsCommands(program: Command, session: Session): void {
  const jobs = program.command('jobs').description('find, look at, retry and cancel jobs');
  const list = jobs
    .command('list')
    .description("everyone's jobs, newest first")
    .option('--kind <kind>', 'only of this kind')
    .addOption(new Option('--status <status>', 'only in this status').choices(jobStatuses))
    .option('--owner <owner>', "only this owner's, as in service/<key id>")
    .option('--before <id>', 'only older than this job', parseId)
    .option('--limit <n>', 'at most so many, up to 500', wholeNumber(1, 500), 20);
  addReadOptions(list).action(async ({ before: beforeId, kind, status, owner, limit, ...output }: ListOptions) => {
    const search = { kind, status, owner, beforeId, limit };
    const page = await withRows(session.env, rows => findJobs(rows, search));
    const more = page.nextBeforeId === null ? '' : `\nmore: --before ${page.nextBeforeId}`;
    const data = { jobs: page.jobs.map(jobFacts), nextBeforeId: page.nextBeforeId };
    say(session, output, data, renderTable(page.jobs, jobColumns, 'No jobs.') + more);
  });
  const show = jobs.command('show').description('one job with its attempts').argument('<id>', 'of the job', parseId);
  addReadOptions(show).action(async (id: string, options: object) => {
    const { job, attempts } = await withRows(session.env, rows => showJob(rows, id));
    say(session, options, { ...jobFacts(job), attempts }, renderJob(job, attempts));
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
}

const jobColumns: Column<JobRow>[] = [
  { title: 'ID', value: job => job.id },
  { title: 'KIND', value: job => job.kind },
  { title: 'STATUS', value: job => statusOf(job.state, job.attempt) },
  { title: 'ATTEMPT', value: job => `${job.attempt}/${job.maxAttempts}` },
  { title: 'OWNER', value: job => job.owner },
  { title: 'CREATED', value: job => job.createdAt },
  { title: 'FAULT', value: job => job.fault?.code ?? '' },
];

const attemptColumns: Column<AttemptRow>[] = [
  { title: 'CLAIM', value: attempt => attempt.claimNo, align: 'right' },
  { title: 'ATTEMPT', value: attempt => attempt.attempt, align: 'right' },
  { title: 'OUTCOME', value: attempt => attempt.outcome },
  { title: 'STARTED', value: attempt => attempt.startedAt },
  { title: 'ENDED', value: attempt => attempt.endedAt },
  { title: 'WORKER', value: attempt => attempt.worker },
  { title: 'FAULT', value: attempt => attempt.fault && `${attempt.fault.code}: ${attempt.fault.message}` },
];

/** The job in the words of the HTTP surface, and what operators alone may know. */
function jobFacts(job: JobRow) {
  const { state, ...facts } = job;
  const status = statusOf(state, job.attempt);
  return { ...facts, status, nextAttemptAt: status === 'retrying' ? job.dueAt : null };
}

function renderJob(job: JobRow, attempts: readonly AttemptRow[]): string {
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
    fault: fault && `${fault.code}: ${fault.message}`,
    cause: fault?.cause ?? null,
    payload: JSON.stringify(job.payload),
    result: JSON.stringify(job.result),
  });
  return `${facts}\n\n${renderTable(attempts, attemptColumns, 'No attempt has ended in anything but success.')}`;
}

function retriedText({ jobId, how }: Retried): string {
  if (how === 'pulled') return `Job ${jobId} is due now.`;
  return how === 'again' ? `Posted anew as job ${jobId}.` : `Job ${jobId} does the same and was live already.`;
}
