import assert from 'node:assert/strict';
import type { Stripe } from 'stripe';
import { type StripeSandbox, startStripeSandbox } from '../../../../ops/sandbox/stripe/server.ts';
import { clientOf, failureOf, newKey, onboardSeller, transferTo } from './seller.ts';

describe('ops/sandbox/stripe: the API', () => {
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

  it('onboards an account by one visit to its link, and sends later visits to the refresh address', async () => {
    const { id, capabilities } = await stripe.accounts.create({
      controller: { stripe_dashboard: { type: 'express' } },
      capabilities: { transfers: { requested: true } },
    });
    assert.equal(capabilities?.transfers, 'inactive');
    assert.equal(
      (await failureOf(stripe.transfers.create(transferTo(id)))).code,
      'insufficient_capabilities_for_transfer',
    );
    const link = await stripe.accountLinks.create({
      account: id,
      type: 'account_onboarding',
      return_url: 'http://127.0.0.1/return?seller=1',
      refresh_url: 'http://127.0.0.1/refresh',
    });
    const visit = async (): Promise<(string | number | null)[]> => {
      const answer = await fetch(link.url, { redirect: 'manual' });
      return [answer.status, answer.headers.get('location')];
    };
    assert.deepEqual(await visit(), [302, 'http://127.0.0.1/return?seller=1']);
    assert.deepEqual(await visit(), [302, 'http://127.0.0.1/refresh']);
    const account = await stripe.accounts.retrieve(id);
    assert.equal(account.details_submitted, true);
    assert.equal(account.payouts_enabled, true);
    assert.equal(account.capabilities?.transfers, 'active');
    await stripe.transfers.create(transferTo(id));
  });

  it('moves money between the platform and accounts, and shows both balances', async () => {
    await stripe.transfers.create(transferTo(seller), newKey());
    const platform = await stripe.balance.retrieve();
    const connected = await stripe.balance.retrieve({}, { stripeAccount: seller });
    assert.deepEqual(
      platform.available.map(({ amount, currency }) => [amount, currency]),
      [[7500, 'eur']],
    );
    assert.deepEqual(
      connected.available.map(({ amount, currency }) => [amount, currency]),
      [[2500, 'eur']],
    );
  });

  it('refuses a transfer that the balance does not cover, in its own currency', async () => {
    assert.equal((await failureOf(stripe.transfers.create(transferTo(seller, 10_001)))).code, 'balance_insufficient');
    const dollars = { ...transferTo(seller), currency: 'usd' };
    assert.equal((await failureOf(stripe.transfers.create(dollars))).code, 'balance_insufficient');
    await stripe.topups.create({ amount: 2500, currency: 'usd' });
    await stripe.transfers.create(dollars);
  });

  it('refuses a transfer to an account that is unknown, deleted or closed', async () => {
    const unknown = await failureOf(stripe.transfers.create(transferTo('acct_nobody')));
    assert.deepEqual([unknown.statusCode, unknown.code, unknown.param], [400, 'resource_missing', 'destination']);
    const closed = await onboardSeller(stripe);
    await fetch(`${sandbox.url}/_sandbox/accounts/${closed}/close`, { method: 'POST' });
    const refused = await failureOf(stripe.transfers.create(transferTo(closed)));
    assert.equal(refused.code, 'insufficient_capabilities_for_transfer');
    assert.equal((await stripe.accounts.del(seller)).deleted, true);
    assert.equal((await failureOf(stripe.transfers.create(transferTo(seller)))).code, 'resource_missing');
    const gone = await failureOf(stripe.accounts.retrieve(seller));
    assert.deepEqual([gone.statusCode, gone.code], [403, 'account_invalid']);
  });

  it('reverses in parts, never more than is left, only what the account still has', async () => {
    const { id } = await stripe.transfers.create(transferTo(seller));
    await stripe.transfers.createReversal(id, { amount: 1000, metadata: { refund: 'r1' } });
    assert.equal((await failureOf(stripe.transfers.createReversal(id, { amount: 1501 }))).param, 'amount');
    const balance = { account: seller, currency: 'EUR', available_cents: 1499 };
    await fetch(`${sandbox.url}/_sandbox/balance`, { method: 'POST', body: JSON.stringify(balance) });
    assert.equal((await failureOf(stripe.transfers.createReversal(id, { amount: 1500 }))).code, 'balance_insufficient');
    await stripe.topups.create({ amount: 1, currency: 'eur' }, { stripeAccount: seller });
    const rest = await stripe.transfers.createReversal(id);
    assert.equal(rest.amount, 1500);
    assert.equal((await failureOf(stripe.transfers.createReversal(id))).statusCode, 400);
    const transfer = await stripe.transfers.retrieve(id);
    assert.deepEqual([transfer.reversed, transfer.amount_reversed], [true, 2500]);
    assert.deepEqual(
      transfer.reversals.data.map(({ amount }) => amount),
      [1500, 1000],
    );
    assert.deepEqual((await stripe.transfers.listReversals(id)).data.at(-1)?.metadata, { refund: 'r1' });
    assert.equal((await failureOf(stripe.transfers.createReversal('tr_none'))).statusCode, 404);
  });

  it('pages through lists, newest first, in both directions', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.unshift((await stripe.transfers.create(transferTo(seller, 1))).id);
    const seen: string[] = [];
    for await (const { id } of stripe.transfers.list({ limit: 3 })) seen.push(id);
    assert.deepEqual(seen, made);
    const before = await stripe.transfers.list({ limit: 2, ending_before: made[5] ?? '' });
    assert.deepEqual(
      before.data.map(({ id }) => id),
      made.slice(3, 5),
    );
    assert.equal(before.has_more, true);
    const unknown = await failureOf(stripe.transfers.list({ starting_after: 'tr_none' }));
    assert.deepEqual([unknown.code, unknown.param], ['resource_missing', 'starting_after']);
  });

  it('filters transfers by destination, group and time', async () => {
    const other = await onboardSeller(stripe);
    const ids: string[] = [];
    for (const [destination, group] of [
      [seller, 'a'],
      [seller, 'b'],
      [other, 'a'],
    ] as const) {
      nowMs += 1000;
      ids.push((await stripe.transfers.create({ ...transferTo(destination, 1), transfer_group: group })).id);
    }
    const found = async (params: Stripe.TransferListParams): Promise<number[]> =>
      (await stripe.transfers.list(params)).data.map(({ id }) => ids.indexOf(id));
    const lastS = Math.floor(nowMs / 1000);
    assert.deepEqual(await found({ transfer_group: 'a' }), [2, 0]);
    assert.deepEqual(await found({ transfer_group: 'a', destination: other }), [2]);
    assert.deepEqual(await found({ created: { gte: lastS - 1 } }), [2, 1]);
    assert.deepEqual(await found({ created: { gt: lastS - 2, lt: lastS } }), [1]);
    assert.deepEqual(await found({ created: { lte: lastS - 2 } }), [0]);
    assert.deepEqual(await found({ created: lastS }), [2]);
  });

  it('changes metadata name by name, and unsets what is sent empty', async () => {
    const { id } = await stripe.transfers.create({ ...transferTo(seller), metadata: { a: '1', b: '2' } });
    const changed = await stripe.transfers.update(id, { metadata: { a: '', c: '3' } });
    assert.deepEqual(changed.metadata, { b: '2', c: '3' });
    assert.deepEqual((await stripe.transfers.update(id, { metadata: '' })).metadata, {});
  });

  const post = async (body: string): Promise<unknown[]> => {
    const headers = {
      Authorization: `Bearer ${sandbox.apiKey}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    const answer = await fetch(`${sandbox.url}/v1/transfers`, { method: 'POST', headers, body });
    const { error }: { error: { code: string; param: string } } = JSON.parse(await answer.text());
    return [answer.status, error.code, error.param];
  };

  it('names the parameter that is wrong', async () => {
    const good = `amount=1&currency=eur&destination=${seller}`;
    assert.deepEqual(await post('currency=eur'), [400, 'parameter_missing', 'amount']);
    assert.deepEqual(await post(good.replace('=1', '=1.5')), [400, 'parameter_invalid_integer', 'amount']);
    assert.deepEqual(await post(good.replace('eur', 'xyz')), [400, 'parameter_invalid', 'currency']);
    assert.deepEqual(await post(`${good}&colour=red`), [400, 'parameter_unknown', 'colour']);
    assert.deepEqual(await post(`${good}&metadata=1&metadata[a]=2`), [400, 'parameter_invalid', 'metadata[a]']);
    assert.deepEqual(await post(`${good}&__proto__[a]=2`), [400, 'parameter_unknown', '__proto__']);
  });

  it('gives every answer a request id and logs what it saw', async () => {
    const key = newKey();
    const transfer = await stripe.transfers.create(transferTo(seller), key);
    const logged = sandbox.state().requests.at(-1);
    assert.equal(logged?.requestId, transfer.lastResponse.requestId);
    assert.deepEqual([logged?.path, logged?.key, logged?.status], ['/v1/transfers', key.idempotencyKey, 200]);
    const answer = await fetch(`${sandbox.url}/_sandbox/state`);
    assert.deepEqual(await answer.json(), JSON.parse(JSON.stringify(sandbox.state())));
  });
});
