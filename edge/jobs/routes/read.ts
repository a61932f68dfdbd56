import { z } from 'zod';
import { getJob, listJobs, type JobRow } from '../../../db/core/jobs.ts';
import type { Catalog } from '../../../shared/catalog.ts';
import { Fault } from '../../../shared/fault.ts';
import { isPublic } from '../../../shared/job.ts';
import { isFinal, jobStatuses } from '../../../shared/state.ts';
import { isOperator, type Actor } from '../../actor.ts';
import { appliedWait, readPrefer } from '../../prefer.ts';
import { defineRoute, type RouteRequest } from '../../route.ts';
import { maySee, visibleKinds } from '../access.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { etagOf, jobSchema, retryAfterOf, viewJob } from '../view.ts';

export const idParams = z.object({ id: z.uuid() });

/** The job, if it is there and the actor may see it; otherwise the same 404. */
export async function findVisibleJob(request: RouteRequest<{ id: string }>): Promise<JobRow> {
  const { edge, params, actor } = request;
  const job = await getJob(edge.spineDb, params.id.toLowerCase());
  if (!job || !maySee(edge.catalog, actor as Actor, job)) throw new Fault('not_found', 'There is no such job.');
  return job;
}

export const getJobById = defineRoute({
  method: 'GET',
  path: '/jobs/:id',
  summary: 'Read a job',
  description:
    '`Prefer: wait=N` answers as soon as the job is final, or as it stands after N seconds. `If-None-Match` answers 304 while the job is unchanged.',
  roles: 'any',
  params: idParams,
  response: { 200: jobSchema, 304: { contentType: 'application/json', description: 'Unchanged since that ETag' } },
  idempotency: 'none',
  handler: async request => {
    const { edge, headers } = request;
    let job = await findVisibleJob(request);
    const { waitMs } = readPrefer(headers['prefer']);
    if (waitMs !== null && !isFinal(job.state)) {
      const finished = await edge.watcher.until(job.id, { rev: job.rev, timeoutMs: waitMs, signal: request.signal });
      job = finished ?? (await findVisibleJob(request));
    }
    const common = { etag: etagOf(job), ...retryAfterOf(job), ...(waitMs === null ? {} : appliedWait(waitMs)) };
    if (matches(headers['if-none-match'], etagOf(job))) return { status: 304, headers: common };
    return { status: 200, body: viewJob(job), headers: common };
  },
});

/** RFC 9110 § 13.1.2: a list of tags or `*`, compared weakly. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

export const listOwnJobs = defineRoute({
  method: 'GET',
  path: '/jobs',
  summary: 'List jobs, newest first',
  description: 'Your own; operators see all. A page may hold fewer jobs than `limit` and still have a `nextCursor`.',
  roles: 'any',
  query: z.object({
    kind: z.string().max(60).optional(),
    status: z.enum(jobStatuses).optional(),
    cursor: z.string().max(64).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  response: { 200: z.object({ jobs: z.array(jobSchema), nextCursor: z.string().nullable() }) },
  idempotency: 'none',
  handler: async ({ edge, query, ...request }) => {
    const actor = request.actor as Actor;
    const { jobs, nextBeforeId } = await listJobs(edge.spineDb, {
      owner: isOperator(actor) ? null : actor.owner,
      kind: query.kind ?? null,
      status: query.status ?? null,
      kinds: visibleKinds(edge.catalog, actor),
      beforeId: decodeCursor(query.cursor),
      limit: query.limit,
    });
    return { status: 200, body: { jobs: jobs.map(viewJob), nextCursor: encodeCursor(nextBeforeId) } };
  },
});

const jsonSchema = z.record(z.string(), z.unknown());

export const listKinds = defineRoute({
  method: 'GET',
  path: '/jobs/kinds',
  summary: 'List the kinds that may be posted',
  roles: 'any',
  response: {
    200: z.object({
      kinds: z.array(
        z.object({ kind: z.string(), summary: z.string(), version: z.int(), payload: jsonSchema, result: jsonSchema }),
      ),
    }),
  },
  idempotency: 'none',
  handler: async ({ edge }) => ({ status: 200, body: { kinds: describeKinds(edge.catalog) } }),
});

function describeKinds(catalog: Catalog) {
  return [...catalog.values()].filter(isPublic).map(({ kind, summary, version, payload, result }) => ({
    kind,
    summary,
    version,
    payload: z.toJSONSchema(payload as z.ZodType, { io: 'input', unrepresentable: 'any' }),
    result: z.toJSONSchema(result as z.ZodType, { unrepresentable: 'any' }),
  }));
}
