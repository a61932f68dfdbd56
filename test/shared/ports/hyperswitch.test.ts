import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { type HyperswitchSandbox, startHyperswitchSandbox } from '../../../ops/sandbox/hyperswitch/server.ts';
import { createHyperswitchPort, HyperswitchFailure, type HyperswitchPort } from '../../../shared/ports/hyperswitch.ts';
import { eventually } from '../../support/eventually.ts';

const never = 3_600_000;

describe('shared/ports/hyperswitch', () => {
  let sandbox: HyperswitchSandbox;
  let port: HyperswitchPort;

  beforeEach(async () => {
    sandbox = await startHyperswitchSandbox({ settleAfterMs: never });
    port = createHyperswitchPort({ apiKey: sandbox.apiKey, apiBase: sandbox.url, timeoutMs: 500 });
  });
  afterEach(() => sandbox.stop());

  const payment = (paymentId: string = newId('pay'), amountCents = 2999) => ({
    paymentId,
    amountCents,
    currency: 'EUR',
    method: 'card',
    metadata: { order_id: 'o1' },
  });
  const refund = (paymentId: string, refundId: string = newId('ref'), amountCents = 2999) => ({
    refundId,
    paymentId,
    amountCents,
    reason: 'changed my mind',
    metadata: { refund: 'x' },
  });
  const confirm = async (paymentId: string, body: unknown = {}): Promise<void> => {
    const init = { method: 'POST', body: JSON.stringify(body) };
    assert.equal((await fetch(`${sandbox.url}/_sandbox/payments/${paymentId}/confirm`, init)).status, 200);
  };
  const paid = async (): Promise<string> => {
    const { paymentId } = await port.createPayment(payment());
    await confirm(paymentId);
    return paymentId;
  };

  it('makes a payment that the buyer has yet to confirm, and reads it back in our own words', async () => {
    const made = await port.createPayment({ ...payment('pay_1'), currency: 'eur', returnUrl: 'http://127.0.0.1/done' });
    const { clientSecret, ...fields } = made;
    assert.match(clientSecret ?? '', /^pay_1_secret_/);
    assert.deepEqual(fields, {
      paymentId: 'pay_1',
      status: 'requires_payment_method',
      state: 'open',
      amountCents: 2999,
      capturedCents: 0,
      currency: 'EUR',
      metadata: { order_id: 'o1', payment_method: 'card' },
    });
    assert.deepEqual(await port.retrievePayment('pay_1'), made);
    assert.equal(sandbox.state().payments[0]?.return_url, 'http://127.0.0.1/done');
  });

  it('tells what was captured, not what was asked', async () => {
    const { paymentId } = await port.createPayment(payment());
    await confirm(paymentId, { amount_received: 2000 });
    const found = await port.retrievePayment(paymentId);
    assert.deepEqual(
      [found?.state, found?.status, found?.amountCents, found?.capturedCents],
      ['succeeded', 'partially_captured', 2999, 2000],
    );
  });

  it('answers null for a payment or refund that the provider does not know', async () => {
    assert.equal(await port.retrievePayment('pay_none'), null);
    assert.equal(await port.retrieveRefund('ref_none'), null);
  });

  describe('the id as the idempotency key', () => {
    it('answers the payment that was made under it, whatever has become of it', async () => {
      const first = await port.createPayment(payment('pay_1'));
      assert.deepEqual(await port.createPayment(payment('pay_1')), first);
      await confirm('pay_1');
      assert.equal((await port.createPayment(payment('pay_1'))).state, 'succeeded');
      assert.equal(sandbox.state().payments.length, 1);
    });

    for (const fault of ['drop_after', 'timeout_after', 'server_error_after'] as const) {
      it(`finds by it what ${fault} hid, and makes nothing twice`, async () => {
        const paymentId = await paid();
        sandbox.arm({ on: 'payments.create', fault });
        sandbox.arm({ on: 'refunds.create', fault });
        assert.equal((await failureOf(port.createPayment(payment('pay_1')))).outcome, 'retry');
        assert.equal((await port.createPayment(payment('pay_1'))).paymentId, 'pay_1');
        assert.equal((await failureOf(port.createRefund(refund(paymentId, 'ref_1')))).outcome, 'retry');
        assert.equal((await port.createRefund(refund(paymentId, 'ref_1'))).refundId, 'ref_1');
        assert.equal(sandbox.state().payments.length, 2);
        assert.equal(sandbox.state().refunds.length, 1);
      });
    }

    it('is a mismatch with another amount, currency or payment', async () => {
      await port.createPayment(payment('pay_1'));
      const other = await paid();
      const another = await paid();
      await port.createRefund(refund(other, 'ref_1', 100));
      const clashes = [
        port.createPayment(payment('pay_1', 3000)),
        port.createPayment({ ...payment('pay_1'), currency: 'USD' }),
        port.createRefund(refund(other, 'ref_1', 101)),
        port.createRefund(refund(another, 'ref_1', 100)),
      ];
      for (const { outcome } of await Promise.all(clashes.map(failureOf))) assert.equal(outcome, 'mismatch');
      assert.equal(sandbox.state().refunds.length, 1);
    });

    it('is sent nowhere when it is not one', async () => {
      for (const id of ['', '../refunds', 'a b', 'x'.repeat(65)]) {
        const failure = await failureOf(port.retrievePayment(id));
        assert.deepEqual([failure.outcome, failure.code], ['refused', 'invalid_id']);
      }
      assert.equal(sandbox.state().requests.length, 0);
    });
  });

  describe('cancelPayment', () => {
    it('cancels an open payment, and answers a cancelled one as it is', async () => {
      await port.createPayment(payment('pay_1'));
      assert.equal((await port.cancelPayment('pay_1')).state, 'cancelled');
      assert.equal((await port.cancelPayment('pay_1')).state, 'cancelled');
      sandbox.arm({ on: 'payments.cancel', fault: 'drop_after' });
      await port.createPayment(payment('pay_2'));
      assert.equal((await failureOf(port.cancelPayment('pay_2'))).outcome, 'retry');
      assert.equal((await port.cancelPayment('pay_2')).state, 'cancelled');
    });

    it('is refused once the payment is paid or unknown', async () => {
      const late = await failureOf(port.cancelPayment(await paid()));
      assert.deepEqual([late.outcome, late.code, late.status], ['refused', 'IR_16', 400]);
      const unknown = await failureOf(port.cancelPayment('pay_none'));
      assert.deepEqual([unknown.outcome, unknown.code], ['refused', 'HE_02']);
    });
  });

  describe('createRefund', () => {
    it('refunds what was captured, in parts, and tells how it stands', async () => {
      const paymentId = await paid();
      const made = await port.createRefund(refund(paymentId, 'ref_1', 1000));
      const fields = { refundId: 'ref_1', paymentId, amountCents: 1000, currency: 'EUR' };
      assert.deepEqual(made, { ...fields, state: 'pending' });
      const settled = await fetch(`${sandbox.url}/_sandbox/refunds/ref_1/settle`, { method: 'POST' });
      assert.equal(settled.status, 200);
      assert.deepEqual(await port.retrieveRefund('ref_1'), { ...fields, state: 'succeeded' });
      await port.createRefund(refund(paymentId, 'ref_2', 1999));
      const beyond = await failureOf(port.createRefund(refund(paymentId, 'ref_3', 1)));
      assert.deepEqual([beyond.outcome, beyond.code], ['refused', 'IR_13']);
    });

    it('is refused for a payment that is unpaid or unknown', async () => {
      const { paymentId } = await port.createPayment(payment());
      assert.equal((await failureOf(port.createRefund(refund(paymentId)))).code, 'IR_14');
      const unknown = await failureOf(port.createRefund(refund('pay_none')));
      assert.deepEqual([unknown.outcome, unknown.code, unknown.status], ['refused', 'HE_02', 404]);
    });

    it('cuts a reason that is longer than the provider takes', async () => {
      const reason = '😀'.repeat(300);
      await port.createRefund({ ...refund(await paid()), reason });
      assert.equal(sandbox.state().refunds[0]?.reason, '😀'.repeat(255));
    });
  });

  describe('failures', () => {
    const cases = [
      ['rate_limit', 'HE_00', 429],
      ['drop_before', 'connection', null],
      ['timeout_before', 'timeout', null],
      ['server_error', 'HE_00', 500],
    ] as const;
    for (const [fault, code, status] of cases) {
      it(`says retry for ${fault}, after one request and no more`, async () => {
        sandbox.arm({ on: 'payments.create', fault });
        const failure = await failureOf(port.createPayment(payment()));
        assert.deepEqual([failure.outcome, failure.code, failure.status], ['retry', code, status]);
        assert.equal(failure.requestId === null, status === null);
        assert.equal(sandbox.state().requests.length, 1);
        assert.equal(sandbox.state().payments.length, 0);
      });
    }

    it('says misconfigured for a wrong key, without telling the key', async () => {
      const apiKey = 'snd_wrong_key';
      const stranger = createHyperswitchPort({ apiKey, apiBase: sandbox.url });
      const failure = await failureOf(stranger.createPayment(payment()));
      assert.deepEqual([failure.outcome, failure.code, failure.status], ['misconfigured', 'IR_01', 401]);
      const nobody = createHyperswitchPort({ apiKey, apiBase: 'http://127.0.0.1:1' });
      const silence = await failureOf(nobody.createPayment(payment()));
      assert.deepEqual([silence.outcome, silence.code], ['retry', 'connection']);
      for (const seen of [failure, silence]) assert.ok(!inspect(seen, { depth: 9 }).includes(apiKey));
    });

    it('takes no key that a header can not carry, and does not quote it', () => {
      for (const apiKey of ['', 'two\nlines', 'snd_ü']) {
        const build = () => createHyperswitchPort({ apiKey, apiBase: sandbox.url });
        assert.throws(build, (error: Error) => apiKey === '' || !error.message.includes(apiKey));
      }
    });

    it('ends its wait when the signal does, with the payment where the provider put it', async () => {
      sandbox.arm({ on: 'payments.create', fault: 'slow', delayMs: never });
      const patient = createHyperswitchPort({ apiKey: sandbox.apiKey, apiBase: sandbox.url });
      const controller = new AbortController();
      const failing = failureOf(patient.createPayment({ ...payment('pay_1'), signal: controller.signal }));
      await eventually(() => assert.equal(sandbox.state().requests.length, 1));
      controller.abort();
      const failure = await failing;
      assert.deepEqual([failure.outcome, failure.code], ['retry', 'aborted']);
      sandbox.clear();
      await eventually(() => assert.equal(sandbox.state().payments.length, 1));
      assert.equal((await port.createPayment(payment('pay_1'))).paymentId, 'pay_1');
    });
  });
});

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 26)}`;
}

async function failureOf(call: Promise<unknown>): Promise<HyperswitchFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof HyperswitchFailure) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}
