import assert from 'node:assert/strict';
import StripeSdk from 'stripe';
import { type StripeSandbox, startStripeSandbox } from '../../../../ops/sandbox/stripe/server.ts';
import { clientOf, failureOf, newKey, onboardSeller, transferTo } from './seller.ts';

describe('ops/sandbox/stripe: faults', () => {
  let sandbox: StripeSandbox;
  let stripe: StripeSdk;
  let seller: string;

  beforeEach(async () => {
    sandbox = await startStripeSandbox({ startingBalanceCents: { EUR: 10_000 } });
    stripe = clientOf(sandbox);
    seller = await onboardSeller(stripe);
  });
  afterEach(() => sandbox.stop());

  const moved = (): number => sandbox.state().transfers.length;

  for (const fault of ['drop_before', 'timeout_before'] as const) {
    it(`moves nothing on ${fault}, and the same key then makes the transfer`, async () => {
      sandbox.arm({ on: 'transfers.create', fault });
      const key = newKey();
      const failure = await failureOf(stripe.transfers.create(transferTo(seller), key));
      assert.ok(failure instanceof StripeSdk.errors.StripeConnectionError);
      assert.equal(moved(), 0);
      const transfer = await stripe.transfers.create(transferTo(seller), key);
      assert.equal(transfer.lastResponse.headers['idempotent-replayed'], undefined);
      assert.equal(moved(), 1);
    });
  }

  for (const fault of ['drop_after', 'timeout_after'] as const) {
    it(`has moved the money on ${fault}, and the same key tells of it without moving it again`, async () => {
      sandbox.arm({ on: 'transfers.create', fault });
      const key = newKey();
      const failure = await failureOf(stripe.transfers.create(transferTo(seller), key));
      assert.ok(failure instanceof StripeSdk.errors.StripeConnectionError);
      assert.equal(moved(), 1);
      const transfer = await stripe.transfers.create(transferTo(seller), key);
      assert.equal(transfer.id, sandbox.state().transfers[0]?.id);
      assert.equal(moved(), 1);
    });
  }

  it('has moved the money on server_error_after, and replays that 500', async () => {
    sandbox.arm({ on: 'transfers.create', fault: 'server_error_after' });
    const key = newKey();
    assert.equal((await failureOf(stripe.transfers.create(transferTo(seller), key))).statusCode, 500);
    assert.equal((await failureOf(stripe.transfers.create(transferTo(seller), key))).statusCode, 500);
    assert.equal(moved(), 1);
    assert.equal((await stripe.transfers.list({ transfer_group: 'order_1' })).data.length, 1);
  });

  it('reverses and then keeps the answer back', async () => {
    const { id } = await stripe.transfers.create(transferTo(seller), newKey());
    sandbox.arm({ on: 'reversals.create', fault: 'timeout_after' });
    const key = newKey();
    await failureOf(stripe.transfers.createReversal(id, { amount: 1000 }, key));
    const reversal = await stripe.transfers.createReversal(id, { amount: 1000 }, key);
    assert.equal(reversal.amount, 1000);
    assert.equal(sandbox.state().transfers[0]?.amount_reversed, 1000);
  });

  for (const [fault, code] of [
    ['insufficient_balance', 'balance_insufficient'],
    ['account_closed', 'insufficient_capabilities_for_transfer'],
  ] as const) {
    it(`refuses on ${fault} with a stored 400`, async () => {
      sandbox.arm({ on: 'transfers.create', fault });
      const key = newKey();
      const first = await failureOf(stripe.transfers.create(transferTo(seller), key));
      const second = await failureOf(stripe.transfers.create(transferTo(seller), key));
      assert.deepEqual([first.statusCode, first.code], [400, code]);
      assert.equal(second.headers?.['idempotent-replayed'], 'true');
      await stripe.transfers.create(transferTo(seller), newKey());
      assert.equal(moved(), 1);
    });
  }

  it('strikes only the requests that it matches, as often as it was told', async () => {
    const other = await onboardSeller(stripe);
    sandbox.arm({
      on: 'transfers.create',
      fault: 'rate_limit',
      times: 2,
      match: { destination: seller, metadata: { transfer: 't1' } },
    });
    await stripe.transfers.create(transferTo(other), newKey());
    await stripe.transfers.create({ ...transferTo(seller), metadata: { transfer: 't2' } }, newKey());
    assert.equal((await failureOf(stripe.transfers.create(transferTo(seller)))).statusCode, 429);
    assert.equal((await failureOf(stripe.transfers.create(transferTo(seller)))).statusCode, 429);
    await stripe.transfers.create(transferTo(seller), newKey());
  });

  it('strikes a reversal by what its transfer is', async () => {
    const { id } = await stripe.transfers.create(transferTo(seller), newKey());
    sandbox.arm({ on: '*', fault: 'server_error', match: { transfer_group: 'order_1', metadata: { transfer: 't1' } } });
    await stripe.balance.retrieve();
    assert.equal((await failureOf(stripe.transfers.createReversal(id, {}))).statusCode, 500);
  });

  it('is armed, listed and cleared over HTTP', async () => {
    const faults = `${sandbox.url}/_sandbox/faults`;
    const arm = async (fault: unknown): Promise<Response> =>
      await fetch(faults, { method: 'POST', body: JSON.stringify(fault) });
    assert.equal((await arm({ on: 'transfers.create', fault: 'slow', times: 3, delayMs: 5 })).status, 201);
    assert.deepEqual(await (await fetch(faults)).json(), {
      faults: [{ on: 'transfers.create', fault: 'slow', times: 3, delayMs: 5 }],
    });
    assert.equal((await arm({ on: 'transfers.create', fault: 'meteorite' })).status, 400);
    assert.equal((await arm({ on: 'payouts.create', fault: 'slow' })).status, 400);
    await fetch(faults, { method: 'DELETE' });
    assert.deepEqual(sandbox.state().faults, []);
  });

  it('takes no orders from a browser page', async () => {
    const headers = { Origin: 'http://evil.example' };
    const answer = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'DELETE', headers });
    assert.equal(answer.status, 403);
  });
});
