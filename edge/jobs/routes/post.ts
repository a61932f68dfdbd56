import { z } from 'zod';
import { newJob, writeJobs, type NewJob } from '../../../db/core/job-insert.ts';
import { getJob, type JobRow } from '../../../db/core/jobs.ts';
import { nudgeAfterCommit } from '../../../db/transact.ts';
import { canonicalJson, fingerprintOf } from '../../../shared/canonical.ts';
import { Fault } from '../../../shared/fault.ts';
import { isFinal } from '../../../shared/state.ts';
import type { Actor } from '../../actor.ts';
import { readKey } from '../../idempotency.ts';
import { appliedWait, readPrefer } from '../../prefer.ts';
import { defineRoute, type RouteRequest } from '../../route.ts';
import { acceptedRow, findOriginal, submit } from '../../submit.ts';
import { invalidInput } from '../../validate.ts';
import { postableKind } from '../access.ts';
import { etagOf, jobPath, jobSchema, retryAfterOf, viewJob } from '../view.ts';

const kindParams = z.object({ kind: z.string() });

export const postJob = defineRoute({
  method: 'POST',
  path: '/jobs/:kind',
  summary: 'Post a job',
  description:
    "The body is the kind's payload. `Prefer: wait=N` (1–30 s) answers 200 with the finished job if it ends in time. A repeated `Idempotency-Key` answers the original job as it now stands.",
  roles: 'any',
  params: kindParams,
  body: z.unknown(),
  response: { 202: jobSchema, 200: jobSchema },
  idempotency: 'honoured',
  idempotencyRecord: 'job',
  handler: async request => {
    const { edge, params, requestId, traceparent, idempotencyKey, fingerprint } = request;
    const actor = request.actor as Actor;
    const spec = postableKind(edge.catalog, actor, params.kind);
    const payload = spec.payload.safeParse(request.body === undefined ? {} : request.body);
    if (!payload.success) throw invalidInput(payload.error, 'body');
    const { job, replayed } = await submit(edge, spec, payload.data, {
      owner: actor.owner,
      tenant: actor.tenant,
      requestId,
      trace: traceparent,
      idempotency: idempotencyKey === null ? null : { key: idempotencyKey, fingerprint },
    });
    return answerPosted(request, job, replayed);
  },
});

/** 202 at once, or 200 with the finished job within the wait that the client would take. */
async function answerPosted(request: RouteRequest, posted: JobRow, replayed: boolean) {
  let job = posted;
  const prefer = readPrefer(request.headers['prefer']);
  const replay: Record<string, string> = replayed ? { 'idempotent-replayed': 'true' } : {};
  if (prefer.waitMs !== null && !prefer.respondAsync) {
    const finished = isFinal(job.state)
      ? job
      : await request.edge.watcher.until(job.id, { rev: job.rev, timeoutMs: prefer.waitMs, signal: request.signal });
    if (finished) {
      const common = { location: jobPath(job.id), etag: etagOf(finished) };
      return { status: 200, body: viewJob(finished), headers: { ...common, ...appliedWait(prefer.waitMs), ...replay } };
    }
    job = (await getJob(request.edge.spineDb, job.id)) ?? job;
  }
  const applied: Record<string, string> = prefer.respondAsync ? { 'preference-applied': 'respond-async' } : {};
  return {
    status: 202,
    body: viewJob(job),
    headers: { location: jobPath(job.id), ...retryAfterOf(job), ...applied, ...replay },
  };
}

/** Refused by `readKey`, in the words in which a header's is. */
const keySchema = z.string().meta({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' });
const batchBody = z.strictObject({
  items: z
    .array(z.strictObject({ payload: z.unknown(), idempotencyKey: keySchema.optional() }))
    .min(1)
    .max(1_000),
});

export const postJobBatch = defineRoute({
  method: 'POST',
  path: '/jobs/:kind/batch',
  summary: 'Post up to 1,000 jobs, all or nothing',
  description:
    'Answers the jobs in the order sent. An item whose key was used with the same payload answers its original job. A header `Idempotency-Key` stands for every item that has no key of its own.',
  roles: 'any',
  params: kindParams,
  body: batchBody,
  response: { 202: z.object({ jobs: z.array(jobSchema) }) },
  idempotency: 'honoured',
  idempotencyRecord: 'job',
  handler: async request => {
    const { edge, params, body } = request;
    const actor = request.actor as Actor;
    const spec = postableKind(edge.catalog, actor, params.kind);
    const jobs = body.items.map((item, index) => {
      const payload = spec.payload.safeParse(item.payload);
      if (!payload.success) throw withIndex(invalidInput(payload.error, 'body', ['items', index, 'payload']), index);
      return newJob(spec, payload.data, {
        owner: actor.owner,
        tenant: actor.tenant,
        requestId: request.requestId,
        trace: request.traceparent,
        idempotency: itemKey(request, item, index),
      });
    });
    await edge.liveCap.check(actor.owner, jobs.length);
    const rows = await request.transact(async tx => {
      const distinct = distinctJobs(jobs);
      const created = await writeJobs(tx, distinct);
      const written = new Map<string, JobRow>();
      distinct.forEach((job, position) => {
        const createdAt = created[position];
        if (!createdAt) return;
        nudgeAfterCommit(tx, { id: job.id, kind: job.kind, attempt: 0, claimNo: 0, isolate: false });
        written.set(job.idemKey ?? job.id, acceptedRow(job, createdAt));
      });
      const answer: JobRow[] = [];
      for (const [index, job] of jobs.entries()) {
        const row = written.get(job.idemKey ?? job.id) ?? (await indexed(index, () => findOriginal(tx, job)));
        if (!row)
          throw new Fault('unavailable', `Item ${index}: its key was set free just now; send the batch again.`, {
            retryAfterS: 1,
          });
        answer.push(row);
      }
      return answer;
    });
    edge.metrics.accepts.inc({ kind: spec.kind, replayed: 'false' }, rows.length);
    return { status: 202, body: { jobs: rows.map(viewJob) }, headers: { 'retry-after': '1' } };
  },
});

/**
 * An item's key with the fingerprint that a single post of the same payload would have; so a key means the same job
 * whichever way it was posted.
 */
function itemKey(
  request: RouteRequest,
  item: { payload?: unknown; idempotencyKey?: string | undefined },
  index: number,
) {
  const { kind } = request.params as { kind: string };
  if (item.idempotencyKey !== undefined) {
    const key = indexed(index, () => readKey(item.idempotencyKey, 'required')) as string;
    return { key, fingerprint: fingerprintOf('POST', `/jobs/${kind}`, '{}', canonicalJson(item.payload)) };
  }
  // The header's key covers the whole request, so each item carries the whole request's fingerprint.
  return request.idempotencyKey === null
    ? null
    : { key: `${request.idempotencyKey}#${index}`, fingerprint: request.fingerprint };
}

/** The first item of each key. Throws `Fault` with the index of one that uses a key again for something else. */
function distinctJobs(jobs: readonly NewJob[]): NewJob[] {
  const first = new Map<string, NewJob>();
  jobs.forEach((job, index) => {
    const key = job.idemKey ?? job.id;
    const earlier = first.get(key);
    if (!earlier) first.set(key, job);
    else if (earlier.fingerprint !== job.fingerprint) {
      throw withIndex(
        new Fault('idempotency_conflict', 'The key is used twice, for different payloads.', {
          reason: 'IDEMPOTENCY_CONFLICT',
        }),
        index,
      );
    }
  });
  return [...first.values()];
}

function indexed<T>(index: number, work: () => T): T {
  const named = (error: unknown) => (error instanceof Fault ? withIndex(error, index) : error);
  try {
    const answer = work();
    return answer instanceof Promise
      ? (answer.catch((error: unknown) => Promise.reject(named(error) as Error)) as T)
      : answer;
  } catch (error) {
    throw named(error);
  }
}

function withIndex(fault: Fault, index: number): Fault {
  const { code, reason, details, retryAfterS } = fault;
  return new Fault(code, `Item ${index}: ${fault.message}`, {
    details: { ...details, index },
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  });
}
