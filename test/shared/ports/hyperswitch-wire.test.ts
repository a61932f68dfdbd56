import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import {
  createHyperswitchPort,
  HyperswitchFailure,
  type HyperswitchPort,
  type ProviderPayment,
} from '../../../shared/ports/hyperswitch.ts';

describe('shared/ports/hyperswitch-wire: what any server may answer', () => {
  let server: Server;
  let away: HyperswitchPort;
  let answer: (res: ServerResponse, method: string) => unknown;
  const seen: unknown[] = [];
  const headers: unknown[] = [];

  beforeEach(async () => {
    seen.length = 0;
    headers.length = 0;
    server = createServer((req, res) => {
      headers.push(req.headers);
      answer(res, req.method ?? '');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    away = createHyperswitchPort({
      apiKey: 'snd_x',
      apiBase: `http://127.0.0.1:${portOf(server)}/`,
      timeoutMs: 500,
      onRequest: ({ operation, status, requestId, durationMs }) =>
        seen.push([operation, status, requestId, durationMs > 0]),
    });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  const answers = (status: number, body: unknown) => (res: ServerResponse) =>
    res.writeHead(status, { 'x-request-id': 'req_1' }).end(typeof body === 'string' ? body : JSON.stringify(body));
  const error = (code: string) => ({ error: { type: 'invalid_request', code, message: 'No.' } });
  const payment = { paymentId: 'pay_1', amountCents: 2999, currency: 'EUR', method: 'card', metadata: {} };
  const row = { payment_id: 'pay_1', status: 'processing', amount: 100, currency: 'EUR' };

  it('says retry for a body that is not understood, of a proxy, or beyond a megabyte', async () => {
    const bodies = ['', '<h1>Hello</h1>', '[]', { ...row, amount: '100' }, { ...row, pad: 'x'.repeat(1_100_000) }];
    for (const body of bodies) {
      answer = answers(200, body);
      for (const call of [() => away.retrievePayment('pay_1'), () => away.createPayment(payment)]) {
        const failure = await failureOf(call());
        assert.deepEqual([failure.outcome, failure.code, failure.requestId], ['retry', 'invalid_answer', 'req_1']);
      }
    }
  });

  it('knows a missing payment only by the provider’s own word for it', async () => {
    answer = answers(404, error('HE_02'));
    assert.equal(await away.retrievePayment('pay_1'), null);
    answer = answers(404, '<h1>Not found</h1>');
    assert.equal((await failureOf(away.retrievePayment('pay_1'))).outcome, 'retry');
    answer = answers(404, error('IR_02'));
    assert.equal((await failureOf(away.retrievePayment('pay_1'))).outcome, 'refused');
  });

  it('tells a final no from one that may pass', async () => {
    const cases = [
      [400, error('IR_06'), 'refused'],
      [422, error('IR_05'), 'refused'],
      [422, error('HE_00'), 'retry'],
      [400, error('CE_06'), 'retry'],
      [409, error('IR_09'), 'retry'],
      [429, 'slow down', 'retry'],
      [400, '<h1>Bad request</h1>', 'retry'],
      [503, '', 'retry'],
      [403, '', 'misconfigured'],
    ] as const;
    for (const [status, body, outcome] of cases) {
      answer = answers(status, body);
      assert.deepEqual([status, (await failureOf(away.createPayment(payment))).outcome], [status, outcome]);
    }
  });

  it('says retry for a duplicate that can not be read yet', async () => {
    answer = (res, method) => (method === 'POST' ? answers(400, error('HE_01')) : answers(404, error('HE_02')))(res);
    const failure = await failureOf(away.createPayment(payment));
    assert.deepEqual([failure.outcome, failure.code], ['retry', 'HE_01']);
  });

  it('reads the provider’s statuses, and takes one that it does not know for open', async () => {
    const states: [string, ProviderPayment['state']][] = [
      ['requires_confirmation', 'open'],
      ['requires_customer_action', 'open'],
      ['requires_capture', 'open'],
      ['processing', 'open'],
      ['partially_captured_and_capturable', 'open'],
      ['conflicted', 'open'],
      ['constructor', 'open'],
      ['succeeded', 'succeeded'],
      ['partially_captured', 'succeeded'],
      ['failed', 'failed'],
      ['cancelled', 'cancelled'],
      ['cancelled_post_capture', 'cancelled'],
      ['expired', 'cancelled'],
    ];
    for (const [status, state] of states) {
      answer = answers(200, { ...row, status, amount_received: null, metadata: { n: 1, order_id: 'o1' } });
      const found = await away.retrievePayment('pay_1');
      assert.deepEqual([status, found?.state, found?.capturedCents], [status, state, 0]);
      assert.deepEqual(found?.metadata, { order_id: 'o1' });
    }
    answer = answers(200, { refund_id: 'r', payment_id: 'p', status: 'review', amount: 1, currency: 'EUR' });
    assert.equal((await away.retrieveRefund('r'))?.state, 'pending');
  });

  it('follows no redirect', async () => {
    answer = res => res.writeHead(307, { Location: '/elsewhere' }).end();
    assert.equal((await failureOf(away.createPayment(payment))).code, 'connection');
    assert.equal(headers.length, 1);
  });

  it('counts the body into the timeout', async () => {
    answer = res => res.writeHead(200).write('{"payment_id":');
    const failure = await failureOf(away.retrievePayment('pay_1'));
    assert.deepEqual([failure.outcome, failure.code, failure.status], ['retry', 'timeout', null]);
    assert.deepEqual(seen, [['payments.retrieve', null, null, true]]);
  });

  it('tells the trace to the provider and its requests to whoever watches', async () => {
    answer = answers(200, { ...row, amount: 2999 });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await away.createPayment({ ...payment, traceparent });
    const [sent] = headers as Record<string, string>[];
    assert.equal(sent?.['traceparent'], traceparent);
    assert.equal(sent?.['api-key'], 'snd_x');
    assert.equal(sent?.['content-type'], 'application/json');
    assert.deepEqual(seen, [['payments.create', 200, 'req_1', true]]);
  });
});

async function failureOf(call: Promise<unknown>): Promise<HyperswitchFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof HyperswitchFailure) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return address.port;
}
