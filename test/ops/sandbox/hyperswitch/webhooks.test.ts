import assert from 'node:assert/strict';
import {
  type HyperswitchSandbox,
  type HyperswitchSandboxOptions,
  startHyperswitchSandbox,
} from '../../../../ops/sandbox/hyperswitch/server.ts';
import { createHyperswitchPort, type HyperswitchPort } from '../../../../shared/ports/hyperswitch.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';

describe('ops/sandbox/hyperswitch: webhooks', () => {
  const webhookSecret = 'payment_response_hash_key';
  let receiver: Receiver;
  let sandbox: HyperswitchSandbox;
  let port: HyperswitchPort;

  const start = async (options: HyperswitchSandboxOptions): Promise<void> => {
    sandbox = await startHyperswitchSandbox({ webhookSecret, settleAfterMs: 10, firstRetryMs: 10, ...options });
    port = createHyperswitchPort({ apiKey: sandbox.apiKey, apiBase: sandbox.url });
  };
  const restart = async (options: HyperswitchSandboxOptions): Promise<void> => {
    await sandbox.stop();
    await start({ webhookUrl: receiver.url, ...options });
  };

  beforeEach(async () => {
    receiver = await startReceiver(webhookSecret);
    await start({ webhookUrl: receiver.url });
  });
  afterEach(async () => {
    await sandbox.stop();
    await receiver.stop();
  });

  const pay = async (method: string, paymentId = 'pay_1'): Promise<void> => {
    const request = { paymentId, amountCents: 2999, currency: 'EUR', method, metadata: { order_id: 'o1' } };
    await port.createPayment(request);
  };
  const command = async (path: string, body: unknown = {}): Promise<Response> =>
    await fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const arrived = async (count: number): Promise<Received[]> =>
    await eventually(() => {
      assert.equal(receiver.received.length, count);
      return receiver.received;
    });
  /** All is delivered, and nothing else is on its way. */
  const settled = async (): Promise<Received[]> =>
    await eventually(() => {
      const { events } = sandbox.state();
      assert.ok(events.length > 0 && events.every(event => event.state !== 'waiting'));
      return receiver.received;
    });
  const types = (received: Received[]): string[] => received.map(event => event.event_type);

  it('settles a payment by itself and tells of it, signed under both names', async () => {
    await pay('card');
    const [event] = await arrived(1);
    assert.ok(event?.signed);
    assert.equal(event.event_type, 'payment_succeeded');
    assert.equal(event.content.type, 'payment_details');
    const { payment_id, status, amount, amount_received, currency, metadata } = event.content.object;
    assert.deepEqual(
      { payment_id, status, amount, amount_received, currency, metadata },
      {
        payment_id: 'pay_1',
        status: 'succeeded',
        amount: 2999,
        amount_received: 2999,
        currency: 'EUR',
        metadata: { order_id: 'o1', payment_method: 'card' },
      },
    );
    assert.equal((await port.retrievePayment('pay_1'))?.capturedCents, 2999);
  });

  it('lets card_declined fail, and manual wait for the operator', async () => {
    await pay('manual', 'pay_manual');
    await pay('card_declined', 'pay_declined');
    const [declined] = await arrived(1);
    assert.deepEqual(
      [declined?.event_type, declined?.content.object['payment_id']],
      ['payment_failed', 'pay_declined'],
    );
    assert.equal((await port.retrievePayment('pay_manual'))?.state, 'open');
    await command('payments/pay_manual/confirm', { outcome: 'processing' });
    await arrived(2);
    await command('payments/pay_manual/confirm', { amount_received: 1000 });
    await arrived(3);
    assert.deepEqual(types(receiver.received).slice(1), ['payment_processing', 'payment_captured']);
    assert.equal((await command('payments/pay_manual/confirm')).status, 409);
  });

  it('settles refunds: a reason with "fail" in it, or an armed fault, makes one fail', async () => {
    await pay('card');
    await arrived(1);
    const refund = { paymentId: 'pay_1', amountCents: 1000, metadata: {} };
    await port.createRefund({ ...refund, refundId: 'ref_1', reason: 'changed my mind' });
    await arrived(2);
    await port.createRefund({ ...refund, refundId: 'ref_2', reason: 'please fail' });
    await arrived(3);
    sandbox.arm({ on: 'refunds.create', fault: 'fails' });
    await port.createRefund({ ...refund, refundId: 'ref_3', reason: 'changed my mind' });
    await arrived(4);
    const refunds = receiver.received.slice(1);
    assert.deepEqual(types(refunds), ['refund_succeeded', 'refund_failed', 'refund_failed']);
    assert.deepEqual(
      refunds.map(({ content }) => [content.type, content.object['refund_id'], content.object['payment_id']]),
      ['ref_1', 'ref_2', 'ref_3'].map(id => ['refund_details', id, 'pay_1']),
    );
    // What failed can be asked for again.
    await port.createRefund({ ...refund, refundId: 'ref_4', amountCents: 1999, reason: 'again' });
  });

  it('tells of a cancelled payment, which then does not settle any more', async () => {
    await restart({ settleAfterMs: 500 });
    await pay('card', 'pay_1');
    await port.cancelPayment('pay_1');
    // Made later, so its time comes after the first one's.
    await pay('card', 'pay_2');
    assert.deepEqual(types(await arrived(2)), ['payment_cancelled', 'payment_succeeded']);
    assert.equal((await port.retrievePayment('pay_1'))?.state, 'cancelled');
    assert.equal((await command('payments/pay_1/confirm')).status, 409);
  });

  it('opens disputes, won and lost', async () => {
    await pay('card');
    await arrived(1);
    const first = (await (await command('payments/pay_1/dispute')).json()) as { dispute_id: string };
    await arrived(2);
    assert.equal((await command(`disputes/${first.dispute_id}/lose`)).status, 200);
    await arrived(3);
    assert.equal((await command(`disputes/${first.dispute_id}/win`)).status, 409);
    const second = (await (await command('payments/pay_1/dispute', { amount: 500 })).json()) as { dispute_id: string };
    await arrived(4);
    await command(`disputes/${second.dispute_id}/win`);
    const disputes = (await arrived(5)).slice(1);
    assert.deepEqual(types(disputes), ['dispute_opened', 'dispute_lost', 'dispute_opened', 'dispute_won']);
    const amounts = disputes.map(({ content }) => [content.object['payment_id'], content.object['amount']]);
    assert.deepEqual(amounts, [
      ['pay_1', '2999'],
      ['pay_1', '2999'],
      ['pay_1', '500'],
      ['pay_1', '500'],
    ]);
  });

  it('sends the same event until it is answered with 2xx', async () => {
    receiver.answer = count => (count < 3 ? 500 : 204);
    await pay('card');
    const received = await arrived(4);
    assert.equal(new Set(received.map(event => event.event_id)).size, 1);
    await settled();
    const [event] = sandbox.state().events;
    assert.deepEqual([event?.state, event?.tries, event?.last_status], ['delivered', 4, 204]);
  });

  it('gives up after 16 tries, and sends again when the operator says so', async () => {
    await restart({ firstRetryMs: 0 });
    receiver.answer = () => 401;
    const object = { payment_id: 'pay_1' };
    const id = sandbox.sendWebhook({ event_type: 'payment_succeeded', content: { type: 'payment_details', object } });
    await settled();
    assert.equal(receiver.received.length, 16);
    assert.equal(sandbox.state().events[0]?.state, 'given_up');
    receiver.answer = () => 200;
    assert.equal((await command(`events/${id}/resend`)).status, 200);
    await arrived(17);
    assert.equal((await command('events/evt_none/resend')).status, 404);
  });

  it('keeps what it has to say until it is told where', async () => {
    await sandbox.stop();
    await start({ settleAfterMs: 0 });
    await pay('card');
    await eventually(() => assert.equal(sandbox.state().events[0]?.state, 'waiting'));
    assert.equal((await command('webhook-url', { url: 'file:///etc/passwd' })).status, 400);
    assert.equal((await command('webhook-url', { url: receiver.url })).status, 200);
    await arrived(1);
  });

  describe('faults', () => {
    it('late: arrives after all the others', async () => {
      sandbox.arm({ on: 'payment_succeeded', fault: 'late', delayMs: 1_000, match: { payment_id: 'pay_1' } });
      await pay('card', 'pay_1');
      await eventually(() => assert.deepEqual(sandbox.state().faults, []));
      await pay('card', 'pay_2');
      const ids = (await arrived(2)).map(({ content }) => content.object['payment_id']);
      assert.deepEqual(ids, ['pay_2', 'pay_1']);
    });

    it('twice: arrives two times under one event id', async () => {
      sandbox.arm({ on: '*', fault: 'twice' });
      await pay('card');
      const [first, second] = await arrived(2);
      assert.deepEqual(first, second);
    });

    it('out_of_order: an older payment_processing follows the success', async () => {
      sandbox.arm({ on: 'payment_succeeded', fault: 'out_of_order' });
      await pay('card');
      const [success, processing] = await arrived(2);
      assert.ok(success?.signed && processing?.signed);
      assert.deepEqual(types([success, processing]), ['payment_succeeded', 'payment_processing']);
      assert.notEqual(success.event_id, processing.event_id);
      assert.equal(processing.content.object['status'], 'processing');
      assert.equal(processing.content.object['amount_received'], null);
      assert.ok(processing.timestamp < success.timestamp);
      assert.ok(String(processing.content.object['updated']) < String(success.content.object['updated']));
      assert.equal((await port.retrievePayment('pay_1'))?.state, 'succeeded');
    });

    it('wrong_signature: that try does not verify, the next one does', async () => {
      receiver.answer = count => (count === 0 ? 401 : 200);
      sandbox.arm({ on: '*', fault: 'wrong_signature' });
      await pay('card');
      assert.deepEqual(
        (await arrived(2)).map(event => event.signed),
        [false, true],
      );
    });

    it('dropped: the payment has settled, and nobody is told', async () => {
      sandbox.arm({ on: 'payment_succeeded', fault: 'dropped' });
      await pay('card');
      assert.deepEqual(await settled(), []);
      assert.equal((await port.retrievePayment('pay_1'))?.state, 'succeeded');
    });
  });
});
