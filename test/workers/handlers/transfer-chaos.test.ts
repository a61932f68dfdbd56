import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { holdTransfers, releaseHeldTransfers, undoTransfers } from '../../../db/marketplace/order-transfers.ts';
import { retryTransfer } from '../../../db/marketplace/retry-transfer.ts';
import { Fault } from '../../../shared/fault.ts';
import { openTransferScene, type TransferScene } from '../../support/transfer-scene.ts';

const faults = [
  'rate_limit',
  'drop_before',
  'drop_after',
  'server_error',
  'server_error_after',
  'insufficient_balance',
  'account_closed',
] as const;
const acts = [
  'run',
  'run',
  'die',
  'lose',
  'minute',
  'day',
  'retry',
  'refund',
  'refund fails',
  'refund settles',
] as const;
const act = fc.oneof(
  fc.record({ do: fc.constantFrom(...acts) }),
  fc.record({ do: fc.constant('arm' as const), fault: fc.constantFrom(...faults) }),
);
type Act = { do: (typeof acts)[number] } | { do: 'arm'; fault: (typeof faults)[number] };

describe('workers/handlers/transfer, whatever happens', function () {
  this.timeout(120_000);
  let scene: TransferScene;
  const jobs = { requestId: randomUUID(), retryEnabled: true };
  before(async () => {
    scene = await openTransferScene();
  });
  after(() => scene.stop());

  const retry = (id: string) =>
    scene
      .transact(tx => retryTransfer(tx, id, { ...jobs, actor: 'test' }))
      .catch((error: unknown) => assert.ok(error instanceof Fault && error.code === 'conflict', String(error)));
  const withLiveJob = async (id: string, work: (jobId: string) => Promise<unknown>) => {
    const job = await scene.liveJob(id);
    if (job) await work(job.id);
  };
  const moveOrder = (orderId: string, from: string, to: string) =>
    scene.db.result('update marketplace.orders set status = $3 where id = $1 and status = $2', [orderId, from, to]);

  async function perform(id: string, orderId: string, step: Act): Promise<void> {
    switch (step.do) {
      case 'arm':
        for (const on of ['transfers.create', 'reversals.create', 'transfers.list'])
          if (on !== 'transfers.list' || step.fault === 'rate_limit' || step.fault === 'drop_before')
            scene.sandbox.arm({ on, fault: step.fault });
        return;
      case 'run':
        return withLiveJob(id, jobId => scene.run(jobId));
      case 'die':
        return withLiveJob(id, jobId => scene.runAndDie(jobId));
      case 'lose':
        return withLiveJob(id, jobId => scene.loseWorker(jobId));
      case 'minute':
        return void (await scene.age(id, '1 minute'));
      case 'day':
        return void (await scene.passDay(id));
      case 'retry':
        return void (await retry(id));
      case 'refund':
        if ((await moveOrder(orderId, 'completed', 'refund_pending')).rowCount)
          await scene.transact(tx => holdTransfers(tx, orderId, jobs));
        return;
      case 'refund fails':
        if ((await moveOrder(orderId, 'refund_pending', 'completed')).rowCount)
          await scene.transact(tx => releaseHeldTransfers(tx, orderId, jobs));
        return;
      case 'refund settles':
        if ((await moveOrder(orderId, 'refund_pending', 'refunded')).rowCount)
          await scene.transact(tx => undoTransfers(tx, orderId, jobs));
    }
  }

  /** Lets everything come to rest: no more faults, jobs run, an operator retries what has failed. */
  async function settle(id: string): Promise<void> {
    scene.sandbox.clear();
    for (let round = 0; round < 30; round += 1) {
      const job = await scene.liveJob(id);
      if (job) await scene.run(job.id);
      else if (['failed', 'permanently_failed', 'reversal_failed'].includes((await scene.transfer(id)).status))
        await retry(id);
      else return;
      await scene.age(id, '1 minute');
    }
    assert.fail(`the transfer never came to rest: ${JSON.stringify(await scene.transfer(id))}`);
  }

  it('pays once what is owed and nothing that is not', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 25 }), async steps => {
        scene.sandbox.clear();
        const { id, orderId } = await scene.pay(await scene.addSeller());
        for (const step of steps) await perform(id, orderId, step);
        await settle(id);
        const row = await scene.transfer(id);
        const paid = scene.sandbox.state().transfers.filter(transfer => transfer.metadata['transferId'] === id);
        const { status: orderStatus } = await scene.db.one<{ status: string }>(
          'select status from marketplace.orders where id = $1',
          [orderId],
        );
        seen.add(`${orderStatus} ${row.status}`);
        const balance = paid.map(transfer => [transfer.id, transfer.amount - transfer.amount_reversed]);
        if (orderStatus === 'completed') {
          assert.equal(row.status, 'completed');
          assert.deepEqual(balance, [[row.providerTransferId, 2699]]);
        } else if (orderStatus === 'refunded') {
          assert.ok(row.status === 'cancelled' || row.status === 'reversed', row.status);
          assert.deepEqual(balance, row.status === 'cancelled' ? [] : [[row.providerTransferId, 0]]);
        } else {
          assert.ok(row.status === 'held' || row.status === 'completed', row.status);
          assert.deepEqual(balance, row.status === 'held' ? [] : [[row.providerTransferId, 2699]]);
        }
      }),
      { numRuns: 150 },
    );
    assert.ok(seen.size >= 3, `too tame: ${[...seen].join(', ')}`);
  });
});
