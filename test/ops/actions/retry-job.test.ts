import assert from 'node:assert/strict';
import { insertPaidOrder } from '../../support/paid-order.ts';
import { recordSellerState, ensureSeller, setSellerAccount } from '../../../db/marketplace/sellers.ts';
import { readRetries } from '../../../db/core/job-retries.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { getTransfer } from '../../../db/marketplace/transfers.ts';
import { createUser } from '../../../db/marketplace/users.ts';
import { transact } from '../../../db/transact.ts';
import { cancelJob } from '../../../ops/actions/jobs.ts';
import { retryJob } from '../../../ops/actions/retry-job.ts';
import type { Fault } from '../../../shared/fault.ts';
import { swapExpiry } from '../../../shared/jobs/swap-expiry.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { eventually } from '../../support/eventually.ts';
import { failed, operator, Rows } from './rows.ts';

describe('retrying a job', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());

  it('pulls a job that waits for its next attempt to now', async () => {
    const id = await rows.post();
    const fault = { code: 'away', message: 'It is away.' };
    await rows.end(id, { state: 'pending', why: 'retry', delayMs: 3_600_000, fault });
    rows.sent.length = 0;
    assert.deepEqual(await retryJob(rows, { id }, operator), { jobId: id, how: 'pulled' });
    assert.deepEqual(rows.sent, [{ id, kind: 'noop', attempt: 1, claimNo: 1, isolate: false }]);
    const { overdue } = await rows.db.one<{ overdue: boolean }>(
      'select due_at <= now() as overdue from core.jobs where id = $1',
      [id],
    );
    assert.equal(overdue, true);
  });

  it('posts a failed job anew, for the same owner and tenant, and leaves its trace', async () => {
    const id = await rows.post({ a: 1 });
    await rows.end(id, failed);
    const { jobId, how } = await retryJob(rows, { id }, operator);
    assert.equal(how, 'again');
    assert.notEqual(jobId, id);
    const [old, fresh] = [await rows.job(id), await rows.job(jobId)];
    assert.equal(old.state, 'failed');
    assert.deepEqual(
      [fresh.state, fresh.kind, fresh.owner, fresh.tenant, fresh.payload, fresh.attempt, fresh.maxAttempts],
      ['pending', 'noop', 'service/test', 'acme', { a: 1 }, 0, 5],
    );
    const audit = await rows.lastAudit();
    assert.deepEqual([audit?.action, audit?.subject, audit?.details], ['job.retry', id, { jobId, how: 'again' }]);
  });

  it('notes on the old job which one does its work, so that nobody need look at it any more', async () => {
    const id = await rows.post();
    await rows.end(id, failed);
    const { jobId } = await retryJob(rows, { id }, operator);
    assert.deepEqual(await readRetries(rows.db, id), { retriedAs: jobId, retryOf: [] });
    assert.deepEqual(await readRetries(rows.db, jobId), { retriedAs: null, retryOf: [id] });
  });

  it('posts a job anew once, however many ask at the same time, and leads later ones to the new job', async () => {
    const id = await rows.post();
    await rows.end(id, failed);
    // Both have seen that nobody had retried it, and wait for the row.
    const waiting = `select count(*) as locks from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    const tries = await rows.db.tx(async tx => {
      await tx.one('select id from core.jobs where id = $1 for update', [id]);
      const both = [1, 2].map(() => retryJob(rows, { id }, operator));
      void Promise.allSettled(both);
      await eventually(async () => assert.equal((await rows.db.one<{ locks: number }>(waiting)).locks, 2));
      return { settled: Promise.allSettled(both) };
    });
    const outcomes = await tries.settled;
    const again = outcomes.flatMap(one => (one.status === 'fulfilled' && one.value.how === 'again' ? [one.value] : []));
    assert.equal(again.length, 1);
    const { jobId } = again[0]!;
    for (const one of outcomes)
      if (one.status === 'rejected') assert.equal((one.reason as Fault).reason, 'job_retried');
      else assert.equal(one.value.jobId, jobId);
    const { made } = await rows.db.one<{ made: number }>('select count(*) as made from core.jobs where id > $1', [id]);
    assert.equal(made, 1);
    assert.deepEqual(await retryJob(rows, { id }, operator), { jobId, how: 'live' });
  });

  it('does not post a job anew beside the one that it was retried as and that has ended, but names that one', async () => {
    const id = await rows.post();
    await rows.end(id, failed);
    const { jobId } = await retryJob(rows, { id }, operator);
    await rows.end(jobId, failed);
    await assert.rejects(retryJob(rows, { id }, operator), (error: Fault) => {
      assert.equal(error.code, 'conflict');
      assert.match(error.message, new RegExp(`${jobId}, which has failed`));
      return true;
    });
    assert.equal((await retryJob(rows, { id: jobId }, operator)).how, 'again');
  });

  it('points a failed job to the live one that holds its unique key', async () => {
    const post = () =>
      transact(rows, tx => insertJob(tx, swapExpiry, {}, { owner: 'system', requestId: uuidV7() })).then(job => job.id);
    const id = await post();
    await rows.end(id, failed);
    const live = await post();
    assert.deepEqual(await retryJob(rows, { id }, operator), { jobId: live, how: 'live' });
    assert.equal((await readRetries(rows.db, id)).retriedAs, live);
  });

  it('posts a cancelled job anew', async () => {
    const id = await rows.post();
    await cancelJob(rows, { id }, operator);
    assert.equal((await retryJob(rows, { id }, operator)).how, 'again');
  });

  it('refuses a job that runs, one that has succeeded, and one that does not exist', async () => {
    const running = await rows.post();
    await rows.claim(running);
    await assert.rejects(retryJob(rows, { id: running }, operator), { code: 'conflict' });
    const done = await rows.post();
    await rows.end(done, { state: 'succeeded', result: {} });
    await assert.rejects(retryJob(rows, { id: done }, operator), { code: 'conflict' });
    await assert.rejects(retryJob(rows, { id: uuidV7() }, operator), { code: 'not_found' });
  });

  it('resumes a failed transfer through its row, and finds the job that is live already', async () => {
    const { transferId, jobId } = await payOrder(rows);
    await rows.end(jobId, failed);
    assert.equal((await getTransfer(rows.db, transferId))?.status, 'failed');
    const again = await retryJob(rows, { id: jobId }, operator);
    assert.equal(again.how, 'again');
    assert.equal((await rows.job(again.jobId)).uniqueKey, `transfer:${transferId}`);
    // The job that failed first is retried once more while the second one waits: that one is pulled.
    assert.deepEqual(await retryJob(rows, { id: jobId }, operator), { jobId: again.jobId, how: 'live' });
  });

  it('makes the job of a transfer whose first one was cancelled', async () => {
    const { jobId, transferId } = await payOrder(rows);
    await cancelJob(rows, { id: jobId }, operator);
    const again = await retryJob(rows, { id: jobId }, operator);
    assert.equal((await rows.job(again.jobId)).uniqueKey, `transfer:${transferId}`);
  });
});

/** A paid order of one connected seller. */
async function payOrder(rows: Rows): Promise<{ transferId: string; jobId: string }> {
  const name = `u${uuidV7().slice(-12)}`;
  const user = await createUser(rows.db, { username: name, email: `${name}@example.com`, passwordHash: 'x' });
  const sellerId = user!.id;
  await ensureSeller(rows.db, sellerId);
  await setSellerAccount(rows.db, sellerId, `acct_${name}`);
  await recordSellerState(rows.db, sellerId, {
    accountId: `acct_${name}`,
    transfersActive: true,
    detailsSubmitted: true,
    payoutsEnabled: true,
    defaultCurrency: 'EUR',
  });
  const lines = [{ sellerId, title: 'A thing', quantity: 1, grossCents: 1_000 }];
  const order = { buyerId: sellerId, currency: 'EUR', lines, feeRate: 0.1 };
  const { transfers } = await transact(rows, tx =>
    insertPaidOrder(tx, order, { requestId: uuidV7(), retryEnabled: true }),
  );
  return { transferId: transfers[0]!.id, jobId: transfers[0]!.jobId! };
}
