import { raiseAlert } from '../db/core/alerts.ts';
import type { ClaimedJob, Completion, Ending } from '../db/core/job-run.ts';
import { isRowFault, isUnavailable, type Database, type Transaction } from '../db/connect.ts';
import { recordOutcome } from '../db/record.ts';
import type { Settlers } from '../db/settle.ts';
import { transact, type Outlet } from '../db/transact.ts';
import type { Catalog } from '../shared/catalog.ts';
import { describeError, Fault, recordFault } from '../shared/fault.ts';
import type { AnySpec } from '../shared/job.ts';
import type { Log } from '../shared/log.ts';
import type { Metrics } from '../shared/metrics.ts';
import { outcomeOf, type Outcome } from '../shared/outcome.ts';
import { spanned } from '../shared/trace.ts';
import type { PortName, Ports } from '../shared/ports/ports.ts';
import type { AnyHandler, LocalContext, Registry, RemoteContext } from './handler.ts';
import type { KindCounter } from './kind-counter.ts';
import { openPayload, PayloadFromTheFuture } from './payload.ts';
import { Stopped, type RunningJob } from './running.ts';

export interface RunDeps {
  /** Handlers' transactions. */
  db: Database;
  dispatch: Outlet;
  catalog: Catalog;
  registry: Registry;
  settlers: Settlers;
  ports: Ports;
  log: Log;
  metrics: Metrics;
  /** Told of each ended attempt. */
  counter?: Pick<KindCounter, 'ended'>;
  random: () => number;
  /** Records of kinds without a settler, many in one statement; each answers whether it still counted. */
  complete: (worker: string, item: Completion) => Promise<boolean>;
  end: (worker: string, item: Ending) => Promise<boolean>;
  /** Aborted when the process stops for good: records give up then. */
  closing: AbortSignal;
}

/** Where a released job waits before another worker looks at it: a newer build may have to come up first. */
const newerPayloadDelayMs = 5_000;

/** The record came to nothing: the job was rescued or ended meanwhile. Rolls the handler's transaction back. */
class Superseded extends Error {}

/** Runs one claimed job to its recorded outcome. Never rejects. */
export async function runJob(deps: RunDeps, running: RunningJob): Promise<void> {
  const { job } = running;
  const spec = deps.catalog.get(job.kind) as AnySpec;
  const startedMs = performance.now();
  let outcome: Outcome;
  let recorded = false;
  try {
    const handler = deps.registry.get(job.kind) as AnyHandler;
    const payload = openPayload(spec, job);
    const attempt = spec.effect === 'local' ? runLocal : runRemote;
    const result = await spanned(`job ${job.kind}`, job.trace, trace =>
      attempt(deps, spec, handler, running, payload, trace),
    );
    outcome = { state: 'succeeded', result };
    recorded = spec.effect === 'local';
  } catch (error) {
    if (error instanceof Superseded) return superseded(deps, job);
    outcome = outcomeOfAttempt(deps, spec, running, error);
  }
  deps.metrics.runSeconds.observe({ kind: job.kind }, (performance.now() - startedMs) / 1_000);
  try {
    if (!recorded) {
      const end = await recordEnd(deps, running, outcome);
      if (!end.counted) return superseded(deps, job);
      outcome = end.outcome;
    }
  } catch (error) {
    // A settler that throws. Left running: the rescue takes it when this worker has gone, by then mended perhaps.
    deps.log.error(
      { err: error, jobId: job.id, kind: job.kind, requestId: job.requestId },
      'an outcome could not be recorded',
    );
    await raiseAlert(deps.db, {
      kind: 'outcome_unrecorded',
      subject: job.id,
      details: { kind: job.kind, error: describeError(error) },
    }).catch(
      () => {}, // the log has it
    );
    return;
  }
  told(deps, job, outcome);
}

async function runRemote(
  deps: RunDeps,
  spec: AnySpec,
  handler: AnyHandler,
  running: RunningJob,
  payload: unknown,
  trace: string | null,
): Promise<unknown> {
  const context: RemoteContext<PortName> = Object.assign(contextOf(deps, running, trace), {
    onceKey: running.job.id,
    transact: <T>(work: (tx: Transaction) => Promise<T>) => transact(deps, work),
  });
  return checkResult(spec, await limited(spec, running, () => handler(context as Parameters<AnyHandler>[0], payload)));
}

/** The result commits in the handler's own transaction: its effect happens once, or not at all. */
function runLocal(
  deps: RunDeps,
  spec: AnySpec,
  handler: AnyHandler,
  running: RunningJob,
  payload: unknown,
  trace: string | null,
): Promise<unknown> {
  return transact(deps, async tx => {
    const context: LocalContext<PortName> = Object.assign(contextOf(deps, running, trace), { tx });
    const result = checkResult(
      spec,
      await limited(spec, running, () => handler(context as Parameters<AnyHandler>[0], payload)),
    );
    if (!(await recordOutcome(tx, deps.settlers, running.job, { state: 'succeeded', result }))) throw new Superseded();
    return result;
  });
}

function contextOf(deps: RunDeps, running: RunningJob, trace: string | null) {
  const { job } = running;
  let log: Log | undefined;
  return {
    job,
    now: job.startedAt,
    get signal() {
      return running.signal;
    },
    // Made on first use: a child logger costs more than many a handler.
    get log() {
      return (log ??= deps.log.child({
        jobId: job.id,
        kind: job.kind,
        attempt: job.attempt,
        requestId: job.requestId,
      }));
    },
    ports: deps.ports,
    traceparent: trace,
    progress: (fraction: number) => {
      running.progress = Math.min(1, Math.max(0, fraction));
    },
  };
}

/** Waits for the handler no longer than its kind allows, and not at all once it has been told to stop. */
async function limited<T>(spec: AnySpec, running: RunningJob, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => running.stop('timeout'), spec.timeoutMs);
  try {
    return await running.unlessStopped(work);
  } finally {
    clearTimeout(timer);
  }
}

function checkResult(spec: AnySpec, result: unknown): unknown {
  const checked = spec.result.safeParse(result);
  if (checked.success) return checked.data;
  throw new Fault('internal', 'The handler answered something that its kind does not allow.', {
    reason: 'invalid_result',
    cause: checked.error,
  });
}

/** A job that was told to stop ends for that reason, whatever its handler made of it. */
function outcomeOfAttempt(deps: RunDeps, spec: AnySpec, { job, stopped }: RunningJob, error: unknown): Outcome {
  const facts = { attempt: job.attempt, maxAttempts: job.maxAttempts, retry: spec.retry };
  const reason: unknown = stopped ?? error;
  if (reason instanceof PayloadFromTheFuture)
    return { state: 'pending', why: 'released', delayMs: newerPayloadDelayMs, fault: null };
  if (reason instanceof Stopped) {
    if (reason.why === 'cancel') return outcomeOf(new Fault('cancelled', 'Cancelled on request.'), facts, deps.random);
    if (reason.why !== 'timeout') return { state: 'pending', why: 'released', delayMs: 0, fault: null };
    const timeout = new Fault('unavailable', `The job ran longer than ${spec.timeoutMs} ms.`, { reason: 'timeout' });
    return outcomeOf(timeout, facts, deps.random);
  }
  if (!isUnavailable(error)) return outcomeOf(error, facts, deps.random);
  const away = new Fault('unavailable', 'The database could not serve the job.', { reason: 'database', cause: error });
  return outcomeOf(away, facts, deps.random);
}

function record(deps: RunDeps, { job }: RunningJob, outcome: Outcome): Promise<boolean> {
  if (deps.settlers.has(job.kind)) return transact(deps, tx => recordOutcome(tx, deps.settlers, job, outcome));
  if (outcome.state === 'succeeded') {
    return deps.complete(job.worker, {
      id: job.id,
      claimNo: job.claimNo,
      result: JSON.stringify(outcome.result ?? null),
    });
  }
  return deps.end(job.worker, { id: job.id, claimNo: job.claimNo, outcome });
}

/** Records an outcome; a success whose result the row can't hold (a NUL, a lone surrogate) is recorded as a failure. */
async function recordEnd(
  deps: RunDeps,
  running: RunningJob,
  outcome: Outcome,
): Promise<{ outcome: Outcome; counted: boolean }> {
  try {
    return { outcome, counted: await insist(deps, () => record(deps, running, outcome)) };
  } catch (error) {
    if (outcome.state !== 'succeeded' || !isRowFault(error)) throw error;
    const fault = new Fault('internal', "The handler's result can't be stored.", {
      reason: 'invalid_result',
      cause: error,
    });
    return recordEnd(deps, running, { state: 'failed', fault: recordFault(fault) });
  }
}

/** Repeats a record for as long as the database is away: the result is in our hands, and the fence makes it safe. */
async function insist<T>(deps: RunDeps, work: () => Promise<T>): Promise<T> {
  for (let delayMs = 50; ; delayMs = Math.min(2_000, delayMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error) || deps.closing.aborted) throw error;
      await new Promise(resolve => setTimeout(resolve, delayMs));
    }
  }
}

function superseded(deps: RunDeps, job: ClaimedJob): void {
  deps.metrics.outcomes.inc({ kind: job.kind, outcome: 'superseded' });
  deps.log.warn(
    { jobId: job.id, kind: job.kind, claimNo: job.claimNo },
    'a late result was dropped: the job had been given to another',
  );
}

function told(deps: RunDeps, job: ClaimedJob, outcome: Outcome): void {
  const label = outcome.state === 'pending' ? outcome.why : outcome.state;
  deps.metrics.outcomes.inc({ kind: job.kind, outcome: label });
  const tookMs = Math.max(0, Date.now() - job.createdAt.getTime());
  if (outcome.state === 'pending') {
    if (outcome.why !== 'released') deps.counter?.ended(job.kind, 'retried', tookMs);
  } else {
    deps.metrics.acceptToResultSeconds.observe({ kind: job.kind }, tookMs / 1_000);
    if (outcome.state !== 'cancelled') deps.counter?.ended(job.kind, outcome.state, tookMs);
  }
  const fields = { jobId: job.id, kind: job.kind, attempt: job.attempt, requestId: job.requestId, outcome: label };
  if (outcome.state === 'succeeded') deps.log.debug(fields, 'job succeeded');
  else if (outcome.state === 'pending' && outcome.why === 'released') deps.log.info(fields, 'job released');
  else
    deps.log.warn(
      { ...fields, fault: outcome.fault },
      `job ${outcome.state === 'pending' ? 'will be retried' : outcome.state}`,
    );
}
