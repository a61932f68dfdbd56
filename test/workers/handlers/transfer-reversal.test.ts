import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { undoTransfers } from '../../../db/marketplace/order-transfers.ts';
import { retryTransfer } from '../../../db/marketplace/retry-transfer.ts';
import { listTransferAttempts } from '../../../db/marketplace/transfer-attempts.ts';
import type { StripeFaultName } from '../../../ops/sandbox/stripe/faults.ts';
import { openTransferScene, type TransferScene } from '../../support/transfer-scene.ts';

describe('workers/handlers/transfer-reversal', function () {
  this.timeout(60_000);
  let scene: TransferScene;
  const jobs = { requestId: randomUUID(), retryEnabled: true };
  before(async () => {
    scene = await openTransferScene();
  });
  after(() => scene.stop());
  afterEach(() => scene.sandbox.clear());

  /** A paid transfer whose order has been refunded, with its reversal's waiting job. */
  const refund = async () => {
    const paid = await scene.pay(await scene.addSeller());
    await scene.run(String(paid.jobId));
    await scene.setOrder(paid.orderId, 'refunded');
    assert.equal((await scene.transact(tx => undoTransfers(tx, paid.orderId, jobs))).reversing, 1);
    return { id: paid.id, jobId: String((await scene.liveJob(paid.id))?.id) };
  };
  const arm = (id: string, fault: StripeFaultName, times = 1) =>
    scene.sandbox.arm({ on: 'reversals.create', fault, times, match: { metadata: { transferId: id } } });
  const assertReversedOnce = async (id: string) => {
    const row = await scene.transfer(id);
    assert.equal(row.status, 'reversed');
    const reversals = scene.sandbox.state().reversals.filter(each => each.transfer === row.providerTransferId);
    assert.deepEqual(
      reversals.map(each => [each.id, each.amount]),
      [[row.providerReversalId, 2699]],
    );
    return row;
  };
  const reversalEvents = async (id: string) =>
    (await listTransferAttempts(scene.db, id)).filter(line => line.direction === 'reversal').map(line => line.event);

  it('takes the whole transfer back', async () => {
    const { id, jobId } = await refund();
    const job = await scene.run(jobId);
    const row = await assertReversedOnce(id);
    assert.deepEqual(job.result, { transferId: id, providerReversalId: row.providerReversalId });
    assert.equal(row.retryCount, 0);
    assert.deepEqual(await reversalEvents(id), ['sent', 'completed']);
  });

  for (const fault of ['timeout_after', 'drop_after', 'rate_limit', 'insufficient_balance'] as const) {
    it(`is reversed once in spite of ${fault}`, async () => {
      const { id, jobId } = await refund();
      arm(id, fault);
      const job = await scene.run(jobId);
      const waiting = await scene.transfer(id);
      assert.equal(waiting.status, 'reversal_pending');
      assert.deepEqual(waiting.nextRetryAt, job.dueAt);
      await scene.run(jobId);
      assert.equal((await assertReversedOnce(id)).retryCount, 1);
    });
  }

  it('finds at once, after a 500, that the money came back', async () => {
    const { id, jobId } = await refund();
    arm(id, 'server_error_after');
    await scene.run(jobId);
    await assertReversedOnce(id);
    assert.deepEqual(await reversalEvents(id), ['sent', 'unknown', 'found', 'completed']);
  });

  it('is reversed once when the worker dies between the call and the record', async () => {
    const { id, jobId } = await refund();
    await scene.runAndDie(jobId);
    await scene.run(jobId);
    await assertReversedOnce(id);
    assert.deepEqual(await reversalEvents(id), ['sent', 'no_answer', 'sent', 'completed']);
  });

  it('fails after ten tries; a manual retry resumes the reversal, never the transfer', async () => {
    const { id, jobId } = await refund();
    arm(id, 'insufficient_balance', 10);
    for (let attempt = 1; attempt <= 10; attempt += 1) await scene.run(jobId);
    const failed = await scene.transfer(id);
    assert.deepEqual([failed.status, failed.retryCount, failed.nextRetryAt], ['reversal_failed', 9, null]);
    const operator = { ...jobs, actor: 'marketplace/admin' };
    const retry = await scene.transact(tx => retryTransfer(tx, id, operator));
    assert.equal((await scene.transfer(id)).status, 'reversal_pending');
    assert.equal((await scene.liveJob(id))?.kind, 'transfer-reversal');
    const transfersBefore = scene.sandbox.state().transfers.length;
    await scene.run(retry.jobId);
    await assertReversedOnce(id);
    assert.equal(scene.sandbox.state().transfers.length, transfersBefore);
  });
});
