import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HyperswitchSandbox, startHyperswitchSandbox } from '../../../../ops/sandbox/hyperswitch/server.ts';
import { createHyperswitchPort, type HyperswitchPort } from '../../../../shared/ports/hyperswitch.ts';
import { eventually } from '../../../support/eventually.ts';
import { startReceiver } from './receiver.ts';

describe('ops/sandbox/hyperswitch: what outlives the process', () => {
  const never = 3_600_000;
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hyperswitch-sandbox-'));
    file = join(folder, 'hyperswitch.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const keys = { apiKey: 'snd_kept', webhookSecret: 'kept' };
  const portOf = (sandbox: HyperswitchSandbox): HyperswitchPort =>
    createHyperswitchPort({ apiKey: keys.apiKey, apiBase: sandbox.url });
  const payment = (paymentId: string, method = 'card') => ({
    paymentId,
    amountCents: 2999,
    currency: 'EUR',
    method,
    metadata: {},
  });

  it('keeps payments and refunds over a restart, and settles what was open', async () => {
    let nowMs = Date.now();
    const options = { ...keys, file, settleAfterMs: never, nowMs: () => nowMs };
    const before = await startHyperswitchSandbox(options);
    const first = portOf(before);
    await first.createPayment(payment('pay_paid', 'manual'));
    await fetch(`${before.url}/_sandbox/payments/pay_paid/confirm`, { method: 'POST' });
    await first.createRefund({ refundId: 'ref_1', paymentId: 'pay_paid', amountCents: 100, reason: '', metadata: {} });
    await first.createPayment(payment('pay_open'));
    await first.createPayment(payment('pay_declined', 'card_declined'));
    await first.createPayment(payment('pay_manual', 'manual'));
    const { payments, refunds } = before.state();
    await before.stop();

    nowMs += never - 200;
    const receiver = await startReceiver(keys.webhookSecret);
    const after = await startHyperswitchSandbox({ ...options, webhookUrl: receiver.url });
    try {
      assert.deepEqual(after.state().payments, payments);
      assert.deepEqual(after.state().refunds, refunds);
      const again = await portOf(after).createPayment(payment('pay_open'));
      assert.equal(again.clientSecret, payments[1]?.client_secret);
      await eventually(() =>
        assert.deepEqual(receiver.received.map(event => event.event_type).toSorted(), [
          'payment_failed',
          'payment_succeeded',
          'payment_succeeded',
          'refund_succeeded',
        ]),
      );
      const states = after.state().payments.map(({ payment_id, status }) => [payment_id, status]);
      assert.deepEqual(states, [
        ['pay_paid', 'succeeded'],
        ['pay_open', 'succeeded'],
        ['pay_declined', 'failed'],
        ['pay_manual', 'requires_payment_method'],
      ]);
    } finally {
      await after.stop();
      await receiver.stop();
    }
  });

  it('sends after a restart what nobody had taken, once', async () => {
    const options = { ...keys, file, settleAfterMs: 0, firstRetryMs: never };
    const receiver = await startReceiver(keys.webhookSecret);
    receiver.answer = () => 503;
    const before = await startHyperswitchSandbox({ ...options, webhookUrl: receiver.url });
    await portOf(before).createPayment(payment('pay_1'));
    await eventually(() => assert.equal(before.state().events[0]?.tries, 1));
    await before.stop();
    receiver.answer = () => 200;
    for (const paymentId of ['pay_2', 'pay_3']) {
      const after = await startHyperswitchSandbox({ ...options, webhookUrl: receiver.url });
      await portOf(after).createPayment(payment(paymentId));
      await eventually(() => {
        assert.ok(receiver.received.some(event => event.content.object['payment_id'] === paymentId));
        assert.ok(after.state().events.every(event => event.state === 'delivered'));
      });
      await after.stop();
    }
    const told = receiver.received.filter(event => event.content.object['payment_id'] === 'pay_1');
    assert.equal(told.length, 2);
    assert.equal(told[0]?.event_id, told[1]?.event_id);
    await receiver.stop();
  });

  it('has written a payment before it answers, and takes half a line for one that it never answered', async () => {
    const sandbox = await startHyperswitchSandbox({ ...keys, file, settleAfterMs: never });
    await portOf(sandbox).createPayment(payment('pay_1'));
    await portOf(sandbox).createPayment(payment('pay_2'));
    // What a process killed at this moment leaves behind, and one killed in the middle of its last line.
    const left = readFileSync(file, 'utf8');
    await sandbox.stop();
    const torn = join(folder, 'torn.log');
    for (const [text, count] of [
      [left, 2],
      [left.slice(0, -20), 1],
    ] as const) {
      writeFileSync(torn, text);
      const again = await startHyperswitchSandbox({ ...keys, file: torn, settleAfterMs: never });
      assert.equal(again.state().payments.length, count);
      await again.stop();
    }
    assert.equal(statSync(torn).mode & 0o777, 0o600);
  });
});
