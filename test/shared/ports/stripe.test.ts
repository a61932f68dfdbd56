import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type StripeSandbox, startStripeSandbox } from '../../../ops/sandbox/stripe/server.ts';
import { createStripePort, StripeFailure, type StripePort } from '../../../shared/ports/stripe.ts';
import { eventually } from '../../support/eventually.ts';

describe('shared/ports/stripe', () => {
  let sandbox: StripeSandbox;
  let port: StripePort;
  let seller: string;

  beforeEach(async () => {
    sandbox = await startStripeSandbox({ startingBalanceCents: { EUR: 10_000 } });
    port = createStripePort({ secretKey: sandbox.apiKey, apiBase: sandbox.url, timeoutMs: 500 });
    ({ accountId: seller } = await port.createAccount({
      email: 's@example.com',
      metadata: { user: 'u1' },
      key: 'seller',
    }));
    const urls = { returnUrl: 'http://127.0.0.1/done', refreshUrl: 'http://127.0.0.1/again' };
    const { url } = await port.createAccountLink({ accountId: seller, ...urls });
    await fetch(url, { redirect: 'manual' });
  });
  afterEach(() => sandbox.stop());

  const transfer = (key: string = randomUUID(), amountCents = 2500) => ({
    key,
    amountCents,
    currency: 'EUR',
    destination: seller,
    transferGroup: 'order-1',
    metadata: { transferId: key },
  });

  it('creates an account once under its key, and tells when it may be paid', async () => {
    const again = await port.createAccount({ email: 's@example.com', metadata: { user: 'u1' }, key: 'seller' });
    assert.equal(again.accountId, seller);
    assert.deepEqual(await port.retrieveAccount(seller), {
      accountId: seller,
      transfersActive: true,
      detailsSubmitted: true,
      payoutsEnabled: true,
      defaultCurrency: 'EUR',
    });
    const fresh = await port.createAccount({ email: 't@example.com', metadata: {}, key: 'other' });
    assert.equal((await port.retrieveAccount(fresh.accountId)).transfersActive, false);
  });

  it('transfers, reverses, and reads both back in our own words', async () => {
    const { providerTransferId } = await port.createTransfer(transfer('t1'));
    await port.createTransfer(transfer('t2', 100));
    const { providerReversalId } = await port.createReversal({
      key: 'r1',
      providerTransferId,
      amountCents: 500,
      metadata: { refund: 'x' },
    });
    const [found, ...others] = await port.findTransfers({ transferGroup: 'order-1', metadata: { transferId: 't1' } });
    assert.ok(found !== undefined && others.length === 0);
    const { createdAt, ...fields } = found;
    assert.deepEqual(fields, {
      providerTransferId,
      amountCents: 2500,
      currency: 'EUR',
      destination: seller,
      amountReversedCents: 500,
      transferGroup: 'order-1',
      metadata: { transferId: 't1' },
    });
    assert.ok(createdAt instanceof Date);
    assert.equal((await port.findTransfers({ transferGroup: 'order-1' })).length, 2);
    const [reversal] = await port.listReversals(providerTransferId);
    assert.deepEqual(
      [reversal?.providerReversalId, reversal?.amountCents, reversal?.currency, reversal?.metadata],
      [providerReversalId, 500, 'EUR', { refund: 'x' }],
    );
    assert.deepEqual(await port.retrieveBalance(null), [{ currency: 'EUR', availableCents: 7900, pendingCents: 0 }]);
    assert.deepEqual(await port.retrieveBalance(seller), [{ currency: 'EUR', availableCents: 2100, pendingCents: 0 }]);
  });

  it('lists all transfers of a time range, page after page', async () => {
    const from = new Date();
    const made: string[] = [];
    for (let i = 0; i < 205; i += 1) made.unshift((await port.createTransfer(transfer(`t${i}`, 1))).providerTransferId);
    const seen: string[] = [];
    const range = { createdFrom: from, createdTo: new Date(Date.now() + 1000) };
    for await (const { providerTransferId } of port.listTransfers(range)) seen.push(providerTransferId);
    assert.deepEqual(seen, made);
    assert.equal(sandbox.state().requests.filter(({ method }) => method === 'GET').length, 3);
    for await (const row of port.listTransfers({ createdFrom: new Date(0), createdTo: new Date(1000) })) {
      assert.fail(row.providerTransferId);
    }
  });

  describe('failures', () => {
    const cases = [
      ['insufficient_balance', 'refused', 'balance_insufficient', 400],
      ['account_closed', 'refused', 'insufficient_capabilities_for_transfer', 400],
      ['rate_limit', 'retry', 'rate_limit', 429],
      ['drop_before', 'retry', 'connection', null],
      ['drop_after', 'retry', 'connection', null],
      ['timeout_before', 'retry', 'timeout', null],
      ['timeout_after', 'retry', 'timeout', null],
      ['server_error', 'unknown', 'http_500', 500],
      ['server_error_after', 'unknown', 'http_500', 500],
    ] as const;
    for (const [fault, outcome, code, status] of cases) {
      it(`says ${outcome} for ${fault}, after one request and no more`, async () => {
        const requests = sandbox.state().requests.length;
        sandbox.arm({ on: 'transfers.create', fault });
        const failure = await failureOf(port.createTransfer(transfer()));
        assert.deepEqual([failure.outcome, failure.code, failure.status], [outcome, code, status]);
        assert.equal(failure.replayed, false);
        assert.equal(failure.requestId === null, status === null);
        assert.equal(sandbox.state().requests.length, requests + 1);
      });
    }

    it('says unknown for a replayed error, a refusal included', async () => {
      for (const fault of ['server_error', 'insufficient_balance'] as const) {
        const request = transfer();
        sandbox.arm({ on: 'transfers.create', fault });
        await failureOf(port.createTransfer(request));
        const failure = await failureOf(port.createTransfer(request));
        assert.deepEqual([failure.outcome, failure.replayed], ['unknown', true]);
      }
    });

    it('gets the first answer by the same key after a timeout that moved the money', async () => {
      const request = transfer();
      sandbox.arm({ on: 'transfers.create', fault: 'timeout_after' });
      assert.equal((await failureOf(port.createTransfer(request))).outcome, 'retry');
      const { providerTransferId } = await port.createTransfer(request);
      assert.deepEqual(
        sandbox.state().transfers.map(({ id }) => id),
        [providerTransferId],
      );
    });

    it('says retry while the key is in progress', async () => {
      sandbox.arm({ on: 'transfers.create', fault: 'slow', delayMs: 60_000 });
      const patient = createStripePort({ secretKey: sandbox.apiKey, apiBase: sandbox.url });
      const request = transfer();
      const first = patient.createTransfer(request);
      await eventually(() => assert.equal(sandbox.state().executing.length, 1));
      const failure = await failureOf(port.createTransfer(request));
      assert.deepEqual([failure.outcome, failure.code, failure.status], ['retry', 'idempotency_key_in_use', 409]);
      sandbox.clear();
      await first;
    });

    it('says mismatch when the key was used with other parameters', async () => {
      await port.createTransfer(transfer('t1', 100));
      const failure = await failureOf(port.createTransfer(transfer('t1', 101)));
      assert.deepEqual([failure.outcome, failure.code, failure.status], ['mismatch', 'idempotency_error', 400]);
    });

    it('says misconfigured for a wrong platform key', async () => {
      const stranger = createStripePort({ secretKey: 'sk_test_wrong_key', apiBase: sandbox.url });
      const failure = await failureOf(stranger.createTransfer(transfer()));
      assert.deepEqual([failure.outcome, failure.status], ['misconfigured', 401]);
      assert.ok(!failure.message.includes('sk_test_wrong_key'));
    });

    it('says refused for what does not exist', async () => {
      const gone = await failureOf(port.retrieveAccount('acct_nobody'));
      assert.deepEqual([gone.outcome, gone.code, gone.status], ['refused', 'account_invalid', 403]);
      const reversal = { key: 'r', providerTransferId: 'tr_none', amountCents: 1, metadata: {} };
      assert.equal((await failureOf(port.createReversal(reversal))).code, 'resource_missing');
      const nowhere = await failureOf(port.createTransfer({ ...transfer(), destination: 'acct_nobody' }));
      assert.deepEqual([nowhere.outcome, nowhere.code], ['refused', 'resource_missing']);
    });

    it('says retry when a mere reading fails', async () => {
      sandbox.arm({ on: 'transfers.list', fault: 'server_error' });
      assert.equal((await failureOf(port.findTransfers({ transferGroup: 'order-1' }))).outcome, 'retry');
    });

    it('says retry when nobody listens, and unknown when the answer is not JSON', async () => {
      const proxy = createServer((_req, res) =>
        res.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad gateway</h1>'),
      );
      await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
      const number = portOf(proxy);
      const away = createStripePort({ secretKey: 'sk_test_x', apiBase: `http://127.0.0.1:${number}` });
      const page = await failureOf(away.createTransfer(transfer()));
      assert.deepEqual([page.outcome, page.code], ['unknown', 'invalid_answer']);
      proxy.closeAllConnections();
      await new Promise(resolve => proxy.close(resolve));
      const nobody = await failureOf(away.createTransfer(transfer()));
      assert.deepEqual([nobody.outcome, nobody.code], ['retry', 'connection']);
    });

    it('ends its wait when the signal does, with the money where the provider put it', async () => {
      sandbox.arm({ on: 'transfers.create', fault: 'slow', delayMs: 60_000 });
      const patient = createStripePort({ secretKey: sandbox.apiKey, apiBase: sandbox.url });
      const controller = new AbortController();
      const request = transfer();
      const failing = failureOf(patient.createTransfer({ ...request, signal: controller.signal }));
      await eventually(() => assert.equal(sandbox.state().executing.length, 1));
      controller.abort();
      const failure = await failing;
      assert.deepEqual([failure.outcome, failure.code], ['retry', 'aborted']);
      sandbox.clear();
      await eventually(() => assert.equal(sandbox.state().transfers.length, 1));
      await port.createTransfer(request);
      assert.equal(sandbox.state().transfers.length, 1);
    });
  });

  it('tells the trace to the provider and its requests to whoever watches', async () => {
    const headers: (string | string[] | undefined)[] = [];
    const server = createServer((req, res) => {
      headers.push(
        req.headers['traceparent'],
        req.headers['idempotency-key'],
        req.headers['x-stripe-client-telemetry'],
      );
      res.writeHead(200, { 'Content-Type': 'application/json', 'Request-Id': 'req_1' });
      res.end(JSON.stringify({ id: 'tr_1' }));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const number = portOf(server);
    const seen: unknown[] = [];
    const watched = createStripePort({
      secretKey: 'sk_test_x',
      apiBase: `http://127.0.0.1:${number}`,
      onRequest: ({ operation, status, requestId, durationMs }) =>
        seen.push(operation, status, requestId, durationMs > 0),
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await watched.createTransfer({ ...transfer('t1'), traceparent });
    assert.deepEqual(headers, [traceparent, 't1', undefined]);
    assert.deepEqual(seen, ['transfers.create', 200, 'req_1', true]);
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
});

async function failureOf(call: Promise<unknown>): Promise<StripeFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof StripeFailure) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return address.port;
}
