import { z } from 'zod';
import { listVerificationEvents } from '../../../db/workforce/verification-events.ts';
import { decideVerification } from '../../../db/workforce/verification-moves.ts';
import {
  createVerification,
  findVerificationJob,
  getVerification,
  isStaffOf,
  retryVerification,
  staffOfSubject,
  type VerificationRow,
} from '../../../db/workforce/verifications.ts';
import { Fault } from '../../../shared/fault.ts';
import { verificationTypes } from '../../../shared/verification-check.ts';
import type { VerificationStatus } from '../../../shared/verification-state.ts';
import { appliedWait, readPrefer } from '../../prefer.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { type WorkforceActor, workforceActor } from '../actor.ts';
import { ownFile } from '../file-uri.ts';
import { reviewSchema, verificationSchema, viewReview, viewVerification } from '../verification-view.ts';

const reviewers = ['workforce:reviewer', 'workforce:admin'];
const params = z.object({ id: z.uuid() });
type Named = RouteRequest<z.output<typeof params>>;

/** In characters of JSON. */
const maxFreeChars = 10_000;
const freeObject = z
  .record(z.string().max(100), z.unknown())
  .refine(value => JSON.stringify(value).length <= maxFreeChars, `must be at most ${maxFreeChars} characters of JSON`)
  .default({});

const accepted = z.strictObject({
  verificationId: z.uuid(),
  status: z.literal('PENDING'),
  type: z.enum(verificationTypes),
});

const ask = defineRoute({
  method: 'POST',
  path: '/verifications',
  summary: 'Have a document or a photo verified',
  description:
    "A worker looks at the file; `GET` what `Location` names to see how it stands. `subjectType` `staff` with a profile's id says whose papers they are, which only reviewers and admins may say of others; else they are the caller's own.",
  roles: 'any',
  idempotency: 'required',
  body: z.strictObject({
    type: z.enum(verificationTypes),
    subjectType: z.string().min(1).max(100),
    subjectId: z.string().min(1).max(200),
    fileUri: z.string().min(1).max(1_000).describe("`fileUri` of one of the caller's uploads"),
    rules: freeObject.describe('What the file is to be held against'),
    metadata: freeObject.describe("The caller's own words, kept as they are"),
  }),
  response: { 202: accepted },
  faults: ['not_found'],
  async handler({ actor, body, transact, requestId, traceparent }) {
    const asker = workforceActor(actor);
    const { id: userId, tenant: tenantId } = asker;
    const { fileUri, ...asked } = body;
    const { id: verificationId } = await transact(async tx => {
      const staffId = staffOfSubject(asked);
      if (
        staffId !== null &&
        staffId !== asker.staffId &&
        !(isReviewer(asker) && (await isStaffOf(tx, { tenantId, id: staffId })))
      )
        throw new Fault('not_found', 'There is no such worker.', { reason: 'SUBJECT_NOT_FOUND' });
      const file = await ownFile(tx, asker, fileUri);
      return createVerification(tx, { ...asked, tenantId, userId, fileId: file.id }, { requestId, trace: traceparent });
    });
    return acceptedReply(verificationId, body.type);
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/verifications/:id',
  summary: 'How a verification stands',
  description:
    'For whoever asked for it, reviewers and admins. `Prefer: wait=N` waits, up to 30 s, until it has been looked at.',
  roles: 'any',
  idempotency: 'none',
  params,
  response: { 200: verificationSchema },
  async handler(request) {
    const { actor, db, headers, edge, signal } = request;
    const reader = workforceActor(actor);
    const { tenant: tenantId } = reader;
    let row = await findVerification(request);
    const { waitMs } = readPrefer(headers['prefer']);
    if (waitMs !== null && isOpen(row.status)) {
      const jobId = await findVerificationJob(db, { tenantId, id: row.id });
      if (jobId !== null) await edge.watcher.until(jobId, { timeoutMs: waitMs, signal });
      row = await findVerification(request);
    }
    const history = isReviewer(reader) ? await listVerificationEvents(db, { tenantId, id: row.id }) : null;
    return {
      status: 200,
      headers: { ...(isOpen(row.status) ? retrySoon : {}), ...(waitMs === null ? {} : appliedWait(waitMs)) },
      body: viewVerification(row, history),
    };
  },
});

const review = defineRoute({
  method: 'POST',
  path: '/verifications/:id/review',
  summary: 'Decide a verification, for good',
  roles: reviewers,
  idempotency: 'required',
  params,
  body: z.strictObject({
    decision: z.enum(['APPROVED', 'REJECTED']),
    note: z.string().max(2_000).nullable().default(null),
    reasonCode: z.string().max(100).nullable().default(null),
  }),
  response: {
    200: z.strictObject({ verificationId: z.uuid(), status: z.enum(['APPROVED', 'REJECTED']), review: reviewSchema }),
  },
  async handler(request) {
    const { id: reviewedBy, tenant: tenantId } = workforceActor(request.actor);
    const { id } = await findVerification(request);
    const decided = { ...request.body, reviewedBy };
    const reviewedAt = await request.transact(tx => decideVerification(tx, { tenantId, id }, decided));
    if (!reviewedAt) throw await wrongState(request);
    return {
      status: 200,
      body: { verificationId: id, status: decided.decision, review: viewReview(decided, reviewedAt) },
    };
  },
});

const retry = defineRoute({
  method: 'POST',
  path: '/verifications/:id/retry',
  summary: 'Have a verification looked at again that failed',
  roles: 'any',
  idempotency: 'required',
  params,
  body: z.strictObject({}).optional(),
  response: { 202: accepted },
  async handler(request) {
    const { actor, requestId, traceparent: trace, transact } = request;
    const { id: userId, tenant: tenantId } = workforceActor(actor);
    const { id, type } = await findVerification(request);
    await transact(async tx => {
      if (!(await retryVerification(tx, { tenantId, id }, userId, { requestId, trace })))
        throw await wrongState(request);
    });
    return acceptedReply(id, type);
  },
});

export const verificationRoutes: readonly Route[] = [ask, show, review, retry];

const retrySoon = { 'retry-after': '1' };

function acceptedReply(verificationId: string, type: z.output<typeof accepted>['type']) {
  const headers = { location: `/verifications/${verificationId}`, ...retrySoon };
  return { status: 202, headers, body: { verificationId, status: 'PENDING', type } };
}

/** The one that a request names, if the actor may see it; otherwise the same 404. */
async function findVerification({ actor, db, params: { id } }: Named): Promise<VerificationRow> {
  const reader = workforceActor(actor);
  const row = await getVerification(db, {
    tenantId: reader.tenant,
    id,
    userId: isReviewer(reader) ? null : reader.id,
  });
  if (!row) throw new Fault('not_found', 'There is no such verification.');
  return row;
}

async function wrongState(request: Named): Promise<Fault> {
  const { status } = await findVerification(request);
  return new Fault('conflict', `A verification that is ${status} does not admit this.`, {
    reason: 'INVALID_VERIFICATION_STATE',
    details: { status },
  });
}

function isReviewer({ roles }: WorkforceActor): boolean {
  return roles.some(role => reviewers.includes(role));
}

/** Nobody has looked yet. */
function isOpen(status: VerificationStatus): boolean {
  return status === 'PENDING' || status === 'PROCESSING';
}
