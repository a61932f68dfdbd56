import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { holdTransfers, releaseHeldTransfers } from '../../../db/marketplace/order-transfers.ts';
import { retryTransfer } from '../../../db/marketplace/retry-transfer.ts';
import { freezeCall, noteRefusal } from '../../../db/marketplace/transfer-moves.ts';
import { writeTransferAttempt } from '../../../db/marketplace/transfer-attempts.ts';
import { lockTransfer } from '../../../db/marketplace/transfers.ts';
import { endUnclaimed, recordOutcome } from '../../../db/record.ts';
import { loadSettlers } from '../../../db/settlers.ts';
import type { Outcome } from '../../../shared/outcome.ts';
import { openTransferScene, type TransferScene } from '../../support/transfer-scene.ts';

describe('db/marketplace/settle-transfer', () => {
  let scene: TransferScene;
  const settlers = loadSettlers({ transferRetryEnabled: true });
  const jobs = { requestId: randomUUID(), retryEnabled: true };
  before(async function () {
    this.timeout(60_000);
    scene = await openTransferScene();
  });
  after(() => scene.stop());

  type Claimed = Awaited<ReturnType<TransferScene['claim']>>;
  const record = (job: Claimed, outcome: Outcome) => scene.transact(tx => recordOutcome(tx, settlers, job, outcome));
  const pay = async () => {
    const paid = await scene.pay(await scene.addSeller());
    return { ...paid, jobId: String(paid.jobId) };
  };
  /** What the handler leaves before its call. */
  const send = (id: string, job: Claimed) =>
    scene.transact(async tx => {
      const transfer = await lockTransfer(tx, id);
      assert.ok(transfer);
      const { keySeq, accountId: destination } = transfer;
      await freezeCall(tx, { id, keySeq, newKey: false, destination });
      await writeTransferAttempt(tx, { transferId: id, direction: 'transfer', event: 'sent', providerKey: 'k', job });
    });
  const fault = { code: 'balance_insufficient', message: 'No.' };
  const retry: Outcome = { state: 'pending', why: 'retry', delayMs: 300_000, fault };
  const released: Outcome = { state: 'pending', why: 'released', delayMs: 0, fault: null };

  it('spends nothing on a try that a shutdown cut short, and says that its answer was not heard', async () => {
    const { id, jobId } = await pay();
    const job = await scene.claim(jobId);
    await send(id, job);
    await record(job, released);
    const row = await scene.transfer(id);
    assert.deepEqual([row.status, row.tries, row.trying, row.nextRetryAt], ['pending', 0, false, null]);
    assert.deepEqual(await scene.events(id), ['sent', 'no_answer']);
    assert.equal(row.call, 'unanswered');
  });

  it('keeps a later try’s time in step with the job when it is released', async () => {
    const { id, jobId } = await pay();
    const first = await scene.claim(jobId);
    await send(id, first);
    await record(first, retry);
    const second = await scene.claim(jobId);
    await record(second, released);
    const row = await scene.transfer(id);
    assert.deepEqual([row.status, row.tries], ['failed', 1]);
    assert.deepEqual(row.nextRetryAt, await scene.dueAt(jobId));
  });

  it('makes the next job when a hold is lifted after the last one found it', async () => {
    const { id, orderId, jobId } = await pay();
    const job = await scene.claim(jobId);
    await scene.setOrder(orderId, 'refund_pending');
    await scene.transact(tx => holdTransfers(tx, orderId, jobs));
    await scene.setOrder(orderId, 'completed');
    await scene.transact(tx => releaseHeldTransfers(tx, orderId, jobs));
    assert.equal((await scene.liveJob(id))?.id, jobId);
    await record(job, { state: 'succeeded', result: { transferId: id, providerTransferId: null } });
    const next = await scene.liveJob(id);
    assert.ok(next && next.id !== jobId);
  });

  it('holds a try that is refused after its order’s refund has begun', async () => {
    const { id, orderId, jobId } = await pay();
    const job = await scene.claim(jobId);
    await send(id, job);
    await scene.setOrder(orderId, 'refund_pending');
    assert.equal(await scene.transact(tx => holdTransfers(tx, orderId, jobs)), 0);
    await scene.transact(tx => noteRefusal(tx, id, 1));
    await record(job, retry);
    assert.equal((await scene.transfer(id)).status, 'held');
  });

  it('leaves a transfer whose job died in the broker failed, with no retry to come', async () => {
    const { id, jobId } = await pay();
    const dead = { code: 'dead_letter', message: 'Its message died twice.' };
    await scene.transact(tx => endUnclaimed(tx, settlers, jobId, 'failed', dead));
    const row = await scene.transfer(id);
    assert.deepEqual([row.status, row.tries, row.nextRetryAt], ['failed', 0, null]);
    assert.equal(await scene.liveJob(id), null);
  });

  it('writes nothing for a late result: its claim no longer counts', async () => {
    const { id, jobId } = await pay();
    const late = await scene.claim(jobId);
    await record(late, retry);
    await scene.claim(jobId);
    const result = { transferId: id, providerTransferId: 'tr_late' };
    assert.equal(await record(late, { state: 'succeeded', result }), false);
    assert.equal((await scene.transfer(id)).status, 'failed');
  });

  it('makes one job of ten manual retries at once', async () => {
    const { id, jobId } = await pay();
    const dead = { code: 'cancelled', message: 'Cancelled.' };
    await scene.transact(tx => endUnclaimed(tx, settlers, jobId, 'cancelled', dead));
    const operator = { ...jobs, actor: 'marketplace/admin' };
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () => scene.transact(tx => retryTransfer(tx, id, operator))),
    );
    const made = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value.jobId] : []));
    const refused = answers.flatMap(answer => (answer.status === 'rejected' ? [answer.reason.code] : []));
    assert.ok(made.length >= 1);
    assert.equal(new Set(made).size, 1);
    assert.ok(refused.every(code => code === 'conflict'));
  });
});
