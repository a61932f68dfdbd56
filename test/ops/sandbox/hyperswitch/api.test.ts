import assert from 'node:assert/strict';
import { type HyperswitchSandbox, startHyperswitchSandbox } from '../../../../ops/sandbox/hyperswitch/server.ts';

describe('ops/sandbox/hyperswitch: the API', () => {
  let sandbox: HyperswitchSandbox;
  beforeEach(async () => {
    sandbox = await startHyperswitchSandbox({ settleAfterMs: 3_600_000 });
  });
  afterEach(() => sandbox.stop());

  const call = async (method: string, path: string, body?: unknown, apiKey = sandbox.apiKey) => {
    const init = {
      method,
      headers: { 'api-key': apiKey },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await fetch(`${sandbox.url}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const codeOf = async (answer: ReturnType<typeof call>): Promise<unknown> => {
    const { status, body } = await answer;
    return [status, (body['error'] as { code: string }).code];
  };
  const payment = { payment_id: 'pay_1', amount: 2999, currency: 'EUR', confirm: false };

  it('answers errors as Hyperswitch does', async () => {
    const { body } = await call('GET', '/payments/pay_none');
    const message = 'Payment does not exist in our records';
    assert.deepEqual(body, { error: { type: 'invalid_request', message, code: 'HE_02' } });
    assert.deepEqual(await codeOf(call('GET', '/payments/pay_none', undefined, 'snd_wrong')), [401, 'IR_01']);
    assert.deepEqual(await codeOf(call('GET', '/nothing')), [404, 'IR_02']);
    assert.deepEqual(await codeOf(call('GET', '/refunds/ref_none')), [404, 'HE_02']);
    await call('POST', '/payments', payment);
    assert.deepEqual(await codeOf(call('POST', '/payments', payment)), [400, 'HE_01']);
  });

  it('refuses bodies that Hyperswitch would', async () => {
    const wrong = [
      { ...payment, amount: '2999' },
      { ...payment, amount: 29.99 },
      { ...payment, currency: 'eur' },
      { ...payment, currency: 'EURO' },
      { ...payment, payment_id: 'a b' },
      { ...payment, colour: 'red' },
      'text',
    ];
    for (const body of wrong) assert.deepEqual(await codeOf(call('POST', '/payments', body)), [400, 'IR_06']);
    assert.deepEqual(sandbox.state().payments, []);
  });

  it('strikes only what a fault matches, as often as it was told', async () => {
    const metadata = { order_id: 'o1' };
    sandbox.arm({ on: 'payments.create', fault: 'rate_limit', times: 2, match: { metadata } });
    assert.equal((await call('POST', '/payments', payment)).status, 200);
    const marked = { ...payment, payment_id: 'pay_2', metadata };
    assert.equal((await call('POST', '/payments', marked)).status, 429);
    assert.equal((await call('POST', '/payments', marked)).status, 429);
    assert.equal((await call('POST', '/payments', marked)).status, 200);
    sandbox.arm({ on: '*', fault: 'server_error', match: { payment_id: 'pay_2' } });
    assert.equal((await call('GET', '/payments/pay_1')).status, 200);
    assert.equal((await call('GET', '/payments/pay_2')).status, 500);
  });

  it('is driven over HTTP: faults, payments, events', async () => {
    const operate = async (method: string, path: string, body?: unknown) =>
      await call(method, `/_sandbox/${path}`, body, '');
    const fault = { on: 'payments.create', fault: 'slow', times: 3, delayMs: 5 };
    assert.deepEqual((await operate('POST', 'faults', fault)).body, { faults: [fault] });
    for (const wrong of [
      { ...fault, fault: 'meteorite' },
      { ...fault, on: 'payouts.create' },
      { ...fault, times: 0 },
    ]) {
      assert.equal((await operate('POST', 'faults', wrong)).status, 400);
    }
    await operate('DELETE', 'faults');
    assert.deepEqual(sandbox.state().faults, []);
    await call('POST', '/payments', payment);
    const { payments } = (await operate('GET', 'payments')).body as { payments: { payment_id: string }[] };
    assert.deepEqual(
      payments.map(row => row.payment_id),
      ['pay_1'],
    );
    assert.equal((await operate('POST', 'payments/pay_1/confirm', { outcome: 'won' })).status, 400);
    assert.equal((await operate('POST', 'payments/pay_1/dispute')).status, 409);
    assert.equal((await operate('POST', 'payments/pay_none/confirm')).status, 404);
    const content = { type: 'payment_details', object: { payment_id: 'pay_1' } };
    const sent = await operate('POST', 'events', { event_type: 'payment_succeeded', content, event_id: 'evt_mine' });
    assert.deepEqual([sent.status, sent.body], [201, { event_id: 'evt_mine' }]);
    assert.equal(sandbox.state().events[0]?.event_id, 'evt_mine');
  });

  it('takes no orders from a browser page', async () => {
    const headers = { Origin: 'http://evil.example' };
    const answer = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'DELETE', headers });
    assert.equal(answer.status, 403);
  });

  it('stops at once, whatever it holds up', async () => {
    sandbox.arm({ on: '*', fault: 'timeout_before' });
    sandbox.arm({ on: '*', fault: 'slow', delayMs: 3_600_000 });
    const first = assert.rejects(call('POST', '/payments', payment));
    const second = assert.rejects(call('POST', '/payments', payment));
    while (sandbox.state().requests.flatMap(request => request.faults).length < 2)
      await call('GET', '/_sandbox/faults');
    await sandbox.stop();
    await Promise.all([first, second]);
    sandbox = await startHyperswitchSandbox();
  });
});
