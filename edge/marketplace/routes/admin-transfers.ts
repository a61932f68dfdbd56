import { z } from 'zod';
import { retryTransfer } from '../../../db/marketplace/retry-transfer.ts';
import { listTransferAttempts, type TransferAttemptRow } from '../../../db/marketplace/transfer-attempts.ts';
import { getTransfer, listTransfers } from '../../../db/marketplace/transfers.ts';
import { Fault } from '../../../shared/fault.ts';
import { transferStatuses } from '../../../shared/transfer-state.ts';
import { defineRoute, type Route } from '../../route.ts';
import { untilAttemptEnds } from '../attempt-end.ts';
import { pageQuery } from '../page-query.ts';
import { transferListSchema, transferSchema, viewTransfer, viewTransferList } from '../transfer-view.ts';

const admins = ['marketplace:admin'] as const;
const params = z.object({ id: z.uuid() });
const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform(text => new Date(text));
/** How long the retry waits for its try to end. */
const retryWaitMs = 10_000;

const attemptSchema = z.strictObject({
  seq: z.int(),
  direction: z.enum(['transfer', 'reversal']),
  event: z.string().describe('`sent`, then what came of it; `found` and `absent` are reads'),
  provider_key: z.string().nullable(),
  provider_id: z.string().nullable(),
  provider_request_id: z.string().nullable(),
  fault_code: z.string().nullable(),
  job_id: z.uuid(),
  attempt: z.int(),
  at: z.iso.datetime(),
});

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/transfers',
  summary: 'All transfers',
  description: 'Newest first. `from` is the first moment of creation that counts, `to` the first that no longer does.',
  roles: admins,
  idempotency: 'none',
  query: z.object({
    ...pageQuery,
    status: z.enum(transferStatuses).optional(),
    seller_id: z.uuid().optional(),
    from: moment.optional(),
    to: moment.optional(),
  }),
  response: { 200: transferListSchema },
  async handler({ db, query }) {
    const { status = null, seller_id: sellerId = null, from = null, to = null, ...page } = query;
    return { status: 200, body: viewTransferList(await listTransfers(db, { status, sellerId, from, to }, page)) };
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/transfers/:id',
  summary: 'A transfer with everything that was asked of the provider for it',
  roles: admins,
  idempotency: 'none',
  params,
  response: { 200: transferSchema.extend({ attempts: z.array(attemptSchema) }) },
  async handler({ db, params: { id } }) {
    const transfer = await getTransfer(db, id);
    if (!transfer) throw new Fault('not_found', 'There is no such transfer.');
    const attempts = await listTransferAttempts(db, id);
    return { status: 200, body: { ...viewTransfer(transfer), attempts: attempts.map(viewAttempt) } };
  },
});

const retry = defineRoute({
  method: 'POST',
  path: '/api/v1/admin/transfers/:id/retry',
  summary: 'Tries a failed transfer, or its failed reversal, now',
  description:
    'Waits up to ten seconds for the try to end and answers the transfer as it then stands. 409 for a transfer that has nothing to retry, or whose try is running.',
  roles: admins,
  idempotency: 'honoured',
  idempotencyRecord: 'lease',
  params,
  body: z.strictObject({}).optional(),
  response: { 200: transferSchema.pick({ id: true, status: true, retry_count: true }) },
  async handler(request) {
    const { actor, db, edge, requestId, traceparent, signal } = request;
    const { id } = request.params;
    const order = {
      requestId,
      trace: traceparent,
      retryEnabled: edge.config.transferRetryEnabled,
      actor: actor!.owner,
    };
    const attempt = await request.transact(tx => retryTransfer(tx, id, order));
    await untilAttemptEnds(edge.watcher, attempt, { timeoutMs: retryWaitMs, signal });
    const transfer = await getTransfer(db, id);
    if (!transfer) throw new Fault('not_found', 'There is no such transfer.');
    return { status: 200, body: { id, status: transfer.status, retry_count: transfer.retryCount } };
  },
});

function viewAttempt(row: TransferAttemptRow): z.output<typeof attemptSchema> {
  return {
    seq: row.seq,
    direction: row.direction,
    event: row.event,
    provider_key: row.providerKey,
    provider_id: row.providerId,
    provider_request_id: row.providerRequestId,
    fault_code: row.faultCode,
    job_id: row.jobId,
    attempt: row.attempt,
    at: row.at.toISOString(),
  };
}

export const adminTransferRoutes: readonly Route[] = [list, show, retry];
