import assert from 'node:assert/strict';
import type { Stripe } from 'stripe';
import { type StripeSandbox, startStripeSandbox } from '../../../../ops/sandbox/stripe/server.ts';
import { eventually } from '../../../support/eventually.ts';
import { clientOf, failureOf, newKey, onboardSeller, transferTo } from './seller.ts';

describe('ops/sandbox/stripe: idempotency keys', () => {
  let nowMs = Date.now();
  let sandbox: StripeSandbox;
  let stripe: Stripe;
  let seller: string;

  beforeEach(async () => {
    sandbox = await startStripeSandbox({ startingBalanceCents: { EUR: 10_000 }, nowMs: () => nowMs });
    stripe = clientOf(sandbox);
    seller = await onboardSeller(stripe);
  });
  afterEach(() => sandbox.stop());

  it('replays the first answer and moves the money once', async () => {
    const key = newKey();
    const first = await stripe.transfers.create(transferTo(seller), key);
    const second = await stripe.transfers.create(transferTo(seller), key);
    assert.equal(second.id, first.id);
    assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined);
    assert.equal(sandbox.state().transfers.length, 1);
    assert.deepEqual(
      sandbox
        .state()
        .requests.slice(-2)
        .map(request => request.replayed),
      [false, true],
    );
  });

  it('compares parameters whatever their order', async () => {
    const key = newKey();
    const params = transferTo(seller);
    const first = await stripe.transfers.create(params, key);
    const turned = Object.fromEntries(Object.entries(params).toReversed());
    const second = await stripe.transfers.create({ ...params, ...turned }, key);
    assert.equal(second.id, first.id);
  });

  it('answers other parameters or another path under a used key with a 400 idempotency_error', async () => {
    const key = newKey();
    const { id } = await stripe.transfers.create(transferTo(seller), key);
    for (const call of [
      stripe.transfers.create(transferTo(seller, 2501), key),
      stripe.transfers.createReversal(id, {}, key),
    ]) {
      const failure = await failureOf(call);
      assert.equal(failure.statusCode, 400);
      assert.equal(failure.rawType, 'idempotency_error');
    }
    assert.equal(sandbox.state().transfers[0]?.amount_reversed, 0);
  });

  it('answers a key whose request still executes with a 409 idempotency_key_in_use', async () => {
    sandbox.arm({ on: 'transfers.create', fault: 'slow', delayMs: 60_000 });
    const key = newKey();
    const first = clientOf(sandbox).transfers.create(transferTo(seller), { ...key, timeout: 10_000 });
    await eventually(() => assert.deepEqual(sandbox.state().executing, [key.idempotencyKey]));
    const failure = await failureOf(stripe.transfers.create(transferTo(seller), key));
    assert.equal(failure.statusCode, 409);
    assert.equal(failure.code, 'idempotency_key_in_use');
    assert.equal(failure.rawType, 'idempotency_error');
    sandbox.clear();
    const { id } = await first;
    assert.equal((await stripe.transfers.create(transferTo(seller), key)).id, id);
  });

  it('replays a stored 500 even when the trouble is over', async () => {
    sandbox.arm({ on: 'transfers.create', fault: 'server_error' });
    const key = newKey();
    const first = await failureOf(stripe.transfers.create(transferTo(seller), key));
    const second = await failureOf(stripe.transfers.create(transferTo(seller), key));
    assert.deepEqual([first.statusCode, second.statusCode], [500, 500]);
    assert.equal(second.headers?.['idempotent-replayed'], 'true');
    assert.equal(second.headers?.['original-request'], first.requestId);
    assert.notEqual(second.requestId, first.requestId);
    assert.equal(sandbox.state().transfers.length, 0);
  });

  it('replays a stored refusal even when the balance is there by now', async () => {
    const key = newKey();
    const first = await failureOf(stripe.transfers.create(transferTo(seller, 50_000), key));
    assert.equal(first.code, 'balance_insufficient');
    await stripe.topups.create({ amount: 100_000, currency: 'eur' });
    const second = await failureOf(stripe.transfers.create(transferTo(seller, 50_000), key));
    assert.equal(second.code, 'balance_insufficient');
    assert.equal(second.headers?.['idempotent-replayed'], 'true');
    await stripe.transfers.create(transferTo(seller, 50_000), newKey());
  });

  it('stores neither a validation error, nor a 429, nor a 401', async () => {
    const key = newKey();
    assert.equal(
      (await failureOf(stripe.transfers.create(transferTo(seller, 0), key))).code,
      'parameter_invalid_integer',
    );
    sandbox.arm({ on: 'transfers.create', fault: 'rate_limit' });
    assert.equal((await failureOf(stripe.transfers.create(transferTo(seller), key))).statusCode, 429);
    const stranger = clientOf(sandbox, 'sk_test_someone_else');
    assert.equal((await failureOf(stranger.transfers.create(transferTo(seller), key))).statusCode, 401);
    const transfer = await stripe.transfers.create(transferTo(seller), key);
    assert.equal(transfer.lastResponse.headers['idempotent-replayed'], undefined);
  });

  it('keeps the keys of the platform and of each account apart', async () => {
    const key = newKey();
    const own = await stripe.topups.create({ amount: 100, currency: 'eur' }, key);
    const theirs = await stripe.topups.create({ amount: 200, currency: 'eur' }, { ...key, stripeAccount: seller });
    assert.notEqual(theirs.id, own.id);
  });

  it('keeps an answer for 24 hours, and takes the key for a new request after that', async () => {
    const key = newKey();
    const first = await stripe.transfers.create(transferTo(seller), key);
    nowMs += 24 * 3600_000;
    assert.equal((await stripe.transfers.create(transferTo(seller), key)).id, first.id);
    nowMs += 1;
    assert.notEqual((await stripe.transfers.create(transferTo(seller), key)).id, first.id);
  });
});
