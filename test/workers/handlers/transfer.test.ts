import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { listOpenAlerts } from '../../../db/core/alerts.ts';
import { endUnclaimed } from '../../../db/record.ts';
import { holdTransfers, releaseHeldTransfers, undoTransfers } from '../../../db/marketplace/order-transfers.ts';
import { retryTransfer } from '../../../db/marketplace/retry-transfer.ts';
import { listTransferAttempts } from '../../../db/marketplace/transfer-attempts.ts';
import { releaseTransfers } from '../../../db/marketplace/transfer-jobs.ts';
import { loadSettlers } from '../../../db/settlers.ts';
import type { StripeFaultName } from '../../../ops/sandbox/stripe/faults.ts';
import { openTransferScene, type TransferScene } from '../../support/transfer-scene.ts';

describe('workers/handlers/transfer', function () {
  this.timeout(60_000);
  let scene: TransferScene;
  let seller: string;
  const jobs = { requestId: randomUUID(), retryEnabled: true };
  const operator = { ...jobs, actor: 'marketplace/admin' };

  before(async () => {
    scene = await openTransferScene();
  });
  after(() => scene.stop());
  beforeEach(async () => {
    seller = await scene.addSeller();
  });
  afterEach(() => scene.sandbox.clear());

  /** A paid order with its waiting job. */
  const pay = async (options: { retryEnabled?: boolean } = {}) => {
    const { id, orderId, jobId } = await scene.pay(seller, options);
    assert.ok(jobId !== null);
    return { id, orderId, jobId };
  };
  const paidAtProvider = (id: string) =>
    scene.sandbox.state().transfers.filter(transfer => transfer.metadata['transferId'] === id);
  const arm = (id: string, fault: StripeFaultName, times = 1, on = 'transfers.create') =>
    scene.sandbox.arm({ on, fault, times, match: { metadata: { transferId: id } } });
  const keysSent = async (id: string) =>
    (await listTransferAttempts(scene.db, id)).filter(line => line.event === 'sent').map(line => line.providerKey);
  const retry = (id: string) => scene.transact(tx => retryTransfer(tx, id, operator));
  const assertPaidOnce = async (id: string) => {
    const row = await scene.transfer(id);
    assert.equal(row.status, 'completed');
    const paid = paidAtProvider(id);
    assert.deepEqual(
      paid.map(transfer => [transfer.id, transfer.amount, transfer.currency, transfer.destination]),
      [[row.providerTransferId, 2699, 'eur', row.destination]],
    );
    return row;
  };

  it('pays the net to the seller and leaves a sent row and its outcome', async () => {
    const { id, jobId } = await pay();
    const job = await scene.run(jobId);
    const row = await assertPaidOnce(id);
    assert.deepEqual(job.result, { transferId: id, providerTransferId: row.providerTransferId });
    assert.equal(row.retryCount, 0);
    assert.equal(row.nextRetryAt, null);
    assert.deepEqual(await scene.events(id), ['sent', 'completed']);
    assert.deepEqual(await keysSent(id), [`tr_${id}_1`]);
  });

  for (const [fault, event] of [
    ['rate_limit', 'busy'],
    ['drop_before', 'no_answer'],
    ['drop_after', 'no_answer'],
    ['timeout_before', 'no_answer'],
    ['timeout_after', 'no_answer'],
  ] as const) {
    it(`asks again with the same key after ${fault}`, async () => {
      const { id, jobId } = await pay();
      arm(id, fault);
      const job = await scene.run(jobId);
      assert.equal(job.state, 'pending');
      const failed = await scene.transfer(id);
      assert.equal(failed.status, 'failed');
      assert.deepEqual(failed.nextRetryAt, job.dueAt);
      assert.equal(failed.retryCount, 0);
      await scene.run(jobId);
      const row = await assertPaidOnce(id);
      assert.equal(row.retryCount, 1);
      assert.deepEqual(await scene.events(id), ['sent', event, 'sent', 'completed']);
      assert.deepEqual(await keysSent(id), [`tr_${id}_1`, `tr_${id}_1`]);
    });
  }

  for (const [fault, code] of [
    ['insufficient_balance', 'balance_insufficient'],
    ['account_closed', 'insufficient_capabilities_for_transfer'],
  ] as const) {
    it(`takes a new key after the answered refusal of ${fault}`, async () => {
      const { id, jobId } = await pay();
      arm(id, fault);
      const job = await scene.run(jobId);
      assert.equal(job.fault?.code, code);
      assert.equal(job.dueAt !== null && job.startedAt !== null && job.dueAt > job.startedAt, true);
      await scene.run(jobId);
      await assertPaidOnce(id);
      assert.deepEqual(await scene.events(id), ['sent', 'refused', 'sent', 'completed']);
      assert.deepEqual(await keysSent(id), [`tr_${id}_1`, `tr_${id}_2`]);
      const [, refused] = await listTransferAttempts(scene.db, id);
      assert.equal(refused?.faultCode, code);
      assert.match(refused?.providerRequestId ?? '', /^req_/);
    });
  }

  it('finds at once, after a 500, that the money has moved', async () => {
    const { id, jobId } = await pay();
    arm(id, 'server_error_after');
    assert.equal((await scene.run(jobId)).state, 'succeeded');
    await assertPaidOnce(id);
    assert.deepEqual(await scene.events(id), ['sent', 'unknown', 'found', 'completed']);
  });

  it('takes a new key after a 500 only when two reads a minute apart have found nothing', async () => {
    const { id, jobId } = await pay();
    arm(id, 'server_error');
    assert.equal((await scene.run(jobId)).fault?.code, 'http_500');
    assert.equal((await scene.transfer(id)).call, 'unknown');
    // Within the minute a further read proves nothing.
    assert.equal((await scene.run(jobId)).fault?.code, 'absent_once');
    assert.deepEqual(await keysSent(id), [`tr_${id}_1`]);
    await scene.age(id, '1 minute');
    assert.equal((await scene.run(jobId)).state, 'succeeded');
    await assertPaidOnce(id);
    const events = ['sent', 'unknown', 'absent', 'absent', 'absent', 'sent', 'completed'];
    assert.deepEqual(await scene.events(id), events);
    assert.deepEqual(await keysSent(id), [`tr_${id}_1`, `tr_${id}_2`]);
  });

  it('finds later what a read-back could not tell at once', async () => {
    const { id, jobId } = await pay();
    arm(id, 'server_error_after');
    scene.sandbox.arm({ on: 'transfers.list', fault: 'rate_limit' });
    assert.equal((await scene.run(jobId)).state, 'pending');
    assert.equal((await scene.transfer(id)).call, 'unknown');
    assert.equal((await scene.run(jobId)).state, 'succeeded');
    await assertPaidOnce(id);
    assert.equal((await keysSent(id)).length, 1);
  });

  it('reads back a replayed refusal whose first answer was never recorded', async () => {
    const { id, jobId } = await pay();
    arm(id, 'insufficient_balance');
    // The provider stored its refusal under the key; we died before it was written down.
    await scene.stripe
      .createTransfer({
        key: `tr_${id}_1`,
        amountCents: 2699,
        currency: 'EUR',
        destination: await accountOf(seller),
        transferGroup: await groupOf(id),
        metadata: { transferId: id },
      })
      .catch(() => undefined);
    assert.equal((await scene.run(jobId)).state, 'pending');
    assert.deepEqual(await scene.events(id), ['sent', 'unknown', 'absent']);
    await scene.age(id, '1 minute');
    await scene.run(jobId);
    await assertPaidOnce(id);
    assert.deepEqual(await keysSent(id), [`tr_${id}_1`, `tr_${id}_2`]);
  });

  it('pays once when the worker dies between the call and the record', async () => {
    const { id, jobId } = await pay();
    assert.equal((await scene.runAndDie(jobId)).fault?.code, 'worker_lost');
    const failed = await scene.transfer(id);
    assert.deepEqual([failed.status, failed.call, failed.providerTransferId], ['failed', 'unanswered', null]);
    assert.equal(paidAtProvider(id).length, 1);
    await scene.run(jobId);
    assert.equal((await assertPaidOnce(id)).retryCount, 1);
    assert.deepEqual(await scene.events(id), ['sent', 'no_answer', 'sent', 'completed']);
  });

  it('counts no try when the worker dies before anything was begun', async () => {
    const { id, jobId } = await pay();
    await scene.loseWorker(jobId);
    assert.equal((await scene.transfer(id)).tries, 0);
    await scene.run(jobId);
    assert.equal((await assertPaidOnce(id)).retryCount, 0);
  });

  it('reads the provider before it sends anything 20 hours after the order was placed', async () => {
    const { id, jobId } = await pay();
    await scene.runAndDie(jobId);
    await scene.age(id, '21 hours');
    await scene.run(jobId);
    await assertPaidOnce(id);
    assert.deepEqual(await scene.events(id), ['sent', 'no_answer', 'found', 'completed']);

    const late = await pay();
    await scene.age(late.id, '21 hours');
    await scene.run(late.jobId);
    await assertPaidOnce(late.id);
    assert.deepEqual(await scene.events(late.id), ['absent', 'sent', 'completed']);
  });

  it('gives up after ten tries, and completes by a manual retry once the money is there', async () => {
    const { id, jobId } = await pay();
    arm(id, 'insufficient_balance', 10);
    for (let attempt = 1; attempt < 10; attempt += 1) assert.equal((await scene.run(jobId)).state, 'pending');
    assert.equal((await scene.run(jobId)).state, 'failed');
    const row = await scene.transfer(id);
    assert.deepEqual([row.status, row.retryCount, row.nextRetryAt], ['permanently_failed', 9, null]);
    assert.equal(await scene.liveJob(id), null);
    const again = await retry(id);
    await scene.run(again.jobId);
    assert.equal((await assertPaidOnce(id)).retryCount, 10);
  });

  it('stays permanently failed when a manual retry is refused too', async () => {
    const { id, jobId } = await pay();
    arm(id, 'insufficient_balance', 11);
    for (let attempt = 1; attempt <= 10; attempt += 1) await scene.run(jobId);
    const { jobId: manual } = await retry(id);
    assert.equal((await scene.run(manual)).state, 'failed');
    const row = await scene.transfer(id);
    assert.deepEqual([row.status, row.retryCount, row.nextRetryAt], ['permanently_failed', 10, null]);
  });

  it('pulls the live job of a failed transfer to now, and makes none beside it', async () => {
    const { id, jobId } = await pay();
    arm(id, 'insufficient_balance');
    await scene.run(jobId);
    assert.deepEqual(await retry(id), { jobId, attempt: 2 });
    assert.equal((await scene.run(jobId)).state, 'succeeded');
    assert.equal((await assertPaidOnce(id)).retryCount, 1);
    await assert.rejects(retry(id), { code: 'conflict', reason: 'transfer_not_retriable' });
    await assert.rejects(retry(randomUUID()), { code: 'not_found' });
  });

  it('tries once and waits for an operator when retries are off', async () => {
    const { id, jobId } = await pay({ retryEnabled: false });
    arm(id, 'insufficient_balance');
    assert.equal((await scene.run(jobId)).state, 'failed');
    const row = await scene.transfer(id);
    assert.deepEqual([row.status, row.nextRetryAt], ['failed', null]);
    const manual = await scene.transact(tx => retryTransfer(tx, id, { ...operator, retryEnabled: false }));
    await scene.run(manual.jobId);
    await assertPaidOnce(id);
  });

  it('leaves a cancelled job’s transfer failed, to be retried by hand', async () => {
    const { id, jobId } = await pay();
    const settlers = loadSettlers({ transferRetryEnabled: true });
    const fault = { code: 'cancelled', message: 'Cancelled on request.' };
    await scene.transact(tx => endUnclaimed(tx, settlers, jobId, 'cancelled', fault));
    const row = await scene.transfer(id);
    assert.deepEqual([row.status, row.tries, row.nextRetryAt], ['failed', 0, null]);
    await scene.run((await retry(id)).jobId);
    assert.equal((await assertPaidOnce(id)).retryCount, 0);
  });

  it('stops and raises an alert when the key was used with other parameters', async () => {
    const { id, jobId } = await pay();
    const destination = await accountOf(seller);
    await scene.stripe.createTransfer({
      key: `tr_${id}_1`,
      amountCents: 1,
      currency: 'EUR',
      destination,
      transferGroup: 'other',
      metadata: {},
    });
    const job = await scene.run(jobId);
    assert.deepEqual([job.state, job.fault?.code], ['failed', 'idempotency_error']);
    assert.equal((await scene.transfer(id)).status, 'failed');
    const alerts = await listOpenAlerts(scene.db);
    assert.ok(alerts.some(alert => alert.kind === 'transfer_mismatch' && alert.subject === id));
  });

  it('waits, with no try spent, until the seller can be paid', async () => {
    const unconnected = await scene.addSeller({ account: false });
    const { id, jobId } = await scene.pay(unconnected);
    assert.equal(jobId, null);
    assert.equal(await scene.transact(tx => releaseTransfers(tx, unconnected, jobs)), 1);
    const early = await scene.liveJob(id);
    // Released too early, the job finds that there is still nobody to pay.
    assert.deepEqual((await scene.run(String(early?.id))).result, { transferId: id, providerTransferId: null });
    assert.deepEqual([(await scene.transfer(id)).status, (await scene.transfer(id)).tries], ['pending', 0]);
    assert.equal(await scene.liveJob(id), null);
    await scene.db.none(
      'insert into marketplace.sellers (user_id, stripe_account_id, transfers_active, onboarded_at) values ($1, $2, true, now())',
      [unconnected, await freshAccount()],
    );
    assert.equal(await scene.transact(tx => releaseTransfers(tx, unconnected, jobs)), 1);
    assert.equal(await scene.transact(tx => releaseTransfers(tx, unconnected, jobs)), 0);
    await scene.run(String((await scene.liveJob(id))?.id));
    assert.equal((await assertPaidOnce(id)).retryCount, 0);
  });

  it('pays the account that a seller has connected since the old one refused', async () => {
    const { id, jobId } = await pay();
    arm(id, 'account_closed');
    await scene.run(jobId);
    const account = await freshAccount();
    await scene.db.none('update marketplace.sellers set stripe_account_id = $2 where user_id = $1', [seller, account]);
    await scene.run(jobId);
    assert.equal((await assertPaidOnce(id)).destination, account);
  });

  describe('while a refund is under way', () => {
    it('pays nothing that is held, and pays it when the refund has failed', async () => {
      const { id, orderId, jobId } = await pay();
      await scene.setOrder(orderId, 'refund_pending');
      assert.equal(await scene.transact(tx => holdTransfers(tx, orderId, jobs)), 1);
      assert.equal((await scene.run(jobId)).state, 'succeeded');
      assert.equal((await scene.transfer(id)).status, 'held');
      assert.equal(paidAtProvider(id).length, 0);
      await scene.setOrder(orderId, 'completed');
      assert.equal(await scene.transact(tx => releaseHeldTransfers(tx, orderId, jobs)), 1);
      await scene.run(String((await scene.liveJob(id))?.id));
      await assertPaidOnce(id);
    });

    it('pays through the live job when a hold is lifted before it runs', async () => {
      const { id, orderId, jobId } = await pay();
      await scene.setOrder(orderId, 'refund_pending');
      await scene.transact(tx => holdTransfers(tx, orderId, jobs));
      await scene.setOrder(orderId, 'completed');
      // The job is live, so none is made beside it.
      await scene.transact(tx => releaseHeldTransfers(tx, orderId, jobs));
      assert.equal((await scene.liveJob(id))?.id, jobId);
      await scene.run(jobId);
      await assertPaidOnce(id);
    });

    it('holds in the handler what nobody held before', async () => {
      const { id, orderId, jobId } = await pay();
      await scene.setOrder(orderId, 'disputed');
      await scene.run(jobId);
      assert.equal((await scene.transfer(id)).status, 'held');
      assert.equal(paidAtProvider(id).length, 0);
      assert.deepEqual(await scene.events(id), []);
    });

    it('cancels what is held when the refund settles', async () => {
      const { id, orderId, jobId } = await pay();
      await scene.setOrder(orderId, 'refund_pending');
      await scene.transact(tx => holdTransfers(tx, orderId, jobs));
      await scene.setOrder(orderId, 'refunded');
      assert.deepEqual(await scene.transact(tx => undoTransfers(tx, orderId, jobs)), { cancelled: 1, reversing: 0 });
      await scene.run(jobId);
      assert.equal((await scene.transfer(id)).status, 'cancelled');
      await assert.rejects(retry(id), { code: 'conflict' });
    });

    it('holds what may have been paid only after two reads have found nothing', async () => {
      const { id, orderId, jobId } = await pay();
      arm(id, 'timeout_before');
      await scene.run(jobId);
      await scene.setOrder(orderId, 'refund_pending');
      // It may have been paid: not held before the provider was read twice.
      assert.equal(await scene.transact(tx => holdTransfers(tx, orderId, jobs)), 0);
      assert.equal((await scene.run(jobId)).fault?.code, 'absent_once');
      assert.equal((await scene.transfer(id)).status, 'failed');
      await scene.age(id, '1 minute');
      await scene.run(jobId);
      const row = await scene.transfer(id);
      assert.deepEqual([row.status, row.call, row.keySeq], ['held', 'none', 2]);
      assert.equal((await keysSent(id)).length, 1);
    });

    it('reverses what turns out to have been paid for a refunded order', async () => {
      const { id, orderId, jobId } = await pay();
      arm(id, 'timeout_after');
      await scene.run(jobId);
      await scene.setOrder(orderId, 'refunded');
      assert.deepEqual(await scene.transact(tx => undoTransfers(tx, orderId, jobs)), { cancelled: 0, reversing: 0 });
      assert.equal((await scene.run(jobId)).state, 'succeeded');
      assert.equal((await scene.transfer(id)).status, 'reversal_pending');
      const reversal = await scene.liveJob(id);
      assert.equal(reversal?.kind, 'transfer-reversal');
      await scene.run(reversal.id);
      assert.equal((await scene.transfer(id)).status, 'reversed');
      assert.equal(paidAtProvider(id)[0]?.amount_reversed, 2699);
    });
  });

  const accountOf = async (userId: string) =>
    (
      await scene.db.one<{ stripeAccountId: string }>(
        'select stripe_account_id from marketplace.sellers where user_id = $1',
        [userId],
      )
    ).stripeAccountId;
  const groupOf = async (transferId: string) =>
    (
      await scene.db.one<{ transferGroup: string }>(
        'select transfer_group from marketplace.orders where id = (select order_id from marketplace.transfers where id = $1)',
        [transferId],
      )
    ).transferGroup;
  const freshAccount = async () => {
    const { accountId } = await scene.stripe.createAccount({ email: 'n@example.com', metadata: {}, key: randomUUID() });
    const back = 'http://127.0.0.1/back';
    const { url } = await scene.stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back });
    await fetch(url, { redirect: 'manual' });
    return accountId;
  };
});
