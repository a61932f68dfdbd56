import assert from 'node:assert/strict';
import { getSeller } from '../../../db/marketplace/sellers.ts';
import { transact } from '../../../db/transact.ts';
import { insertPaidOrder } from '../../support/paid-order.ts';
import { signReturnState } from '../../../edge/marketplace/return-state.ts';
import { type Answer, type Marketplace, serveMarketplace } from './serve.ts';

const urlOf = ({ body }: Answer): string => body.data.onboarding_url;

describe('edge/marketplace/routes/sell', () => {
  let market: Marketplace;
  before(async function () {
    this.timeout(60_000);
    market = await serveMarketplace();
  });
  after(() => market?.stop());
  afterEach(() => market.sandbox.clear());

  const balance = (token: string) => market.call('GET', '/api/v1/sell/balance', { token });
  const onboard = (token: string, headers: Record<string, string> = {}) =>
    market.call('POST', '/api/v1/sell/connect/onboard', { token, headers });
  const accountsOf = (email: string) => market.sandbox.state().accounts.filter(account => account.email === email);
  /** Goes through the provider's page; answers what we say to the person who comes back. */
  async function visit(onboardingUrl: string): Promise<Answer> {
    const page = await fetch(onboardingUrl, { redirect: 'manual' });
    const back = new URL(page.headers.get('location')!);
    assert.equal(back.origin, market.url);
    return market.call('GET', back.pathname + back.search);
  }
  /** A paid order of one line; answers how many jobs live for its transfers. */
  async function sellSomething(sellerId: string, buyerId: string): Promise<string> {
    const order = {
      buyerId,
      currency: 'EUR',
      feeRate: 0.1,
      lines: [{ sellerId, title: 'Beat', quantity: 1, grossCents: 2999 }],
    };
    const dispatch = { send: () => undefined };
    const { transfers } = await transact({ db: market.db, dispatch }, tx =>
      insertPaidOrder(tx, order, { requestId: '0197e1f0-0000-7000-8000-000000000000', retryEnabled: true }),
    );
    return transfers[0]!.id;
  }
  const liveJobs = async (transferId: string): Promise<number> =>
    (await market.db.one('select count(*) as live from core.jobs where unique_key = $1', [`transfer:${transferId}`]))
      .live;

  it('shows zeros to a seller who is not connected', async () => {
    const seller = await market.join();
    const zeros = { success: true, data: { connected: false, available: 0, pending: 0 } };
    assert.deepEqual((await balance(seller.token)).body, zeros);
    await onboard(seller.token);
    assert.deepEqual((await balance(seller.token)).body, zeros);
  });

  it('makes one account however often, and a new link each time, under one Idempotency-Key too', async () => {
    const seller = await market.join();
    const key = { 'idempotency-key': 'onboard-1' };
    const together = await Promise.all([onboard(seller.token), onboard(seller.token, key), onboard(seller.token, key)]);
    // Who comes while the provider still makes the account is asked to come again.
    assert.ok(together.every(({ status }) => status === 200 || status === 503));
    const later = [await onboard(seller.token, key), await onboard(seller.token, key)];
    assert.deepEqual(Object.keys(later[0]!.body.data), ['onboarding_url']);
    assert.notEqual(urlOf(later[0]!), urlOf(later[1]!));
    assert.equal(accountsOf(seller.email).length, 1);
  });

  it('connects a seller who comes back from the provider, and shows their balance', async () => {
    const seller = await market.join();
    const page = await visit(urlOf(await onboard(seller.token)));
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type')!, /^text\/html/);
    assert.match(page.text, /is connected/);
    const { userId: _, stripeAccountId, onboardedAt, ...state } = (await getSeller(market.db, seller.id))!;
    assert.deepEqual(state, {
      accountKeySeq: 0,
      defaultCurrency: 'EUR',
      detailsSubmitted: true,
      transfersActive: true,
    });
    assert.ok(onboardedAt);
    await fetch(`${market.sandbox.url}/_sandbox/balance`, {
      method: 'POST',
      body: JSON.stringify({
        account: stripeAccountId,
        currency: 'EUR',
        available_cents: 12_500,
        pending_cents: 3_200,
      }),
    });
    assert.deepEqual((await balance(seller.token)).body.data, { connected: true, available: 12_500, pending: 3_200 });
  });

  it('tells somebody who visits a used link to begin again, and gives them no new one', async () => {
    const seller = await market.join();
    const url = urlOf(await onboard(seller.token));
    await fetch(url, { redirect: 'manual' });
    await market.call('GET', '/api/v1/sell/balance', { token: seller.token });
    const page = await visit(url);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /http/);
  });

  it('releases the transfers that waited for the account', async () => {
    const [seller, buyer] = await Promise.all([market.join(), market.join()]);
    const transferId = await sellSomething(seller.id, buyer.id);
    assert.equal(await liveJobs(transferId), 0);
    await visit(urlOf(await onboard(seller.token)));
    assert.equal(await liveJobs(transferId), 1);
  });

  it('releases them also when a balance is the first to see the account active', async () => {
    const [seller, buyer] = await Promise.all([market.join(), market.join()]);
    const transferId = await sellSomething(seller.id, buyer.id);
    await fetch(urlOf(await onboard(seller.token)), { redirect: 'manual' });
    assert.equal((await balance(seller.token)).body.data.connected, true);
    assert.equal(await liveJobs(transferId), 1);
    assert.equal((await getSeller(market.db, seller.id))!.transfersActive, true);
  });

  it('is not led back by an older look at the account', async () => {
    const seller = await market.join();
    const url = urlOf(await onboard(seller.token));
    assert.equal((await balance(seller.token)).body.data.connected, false);
    await visit(url);
    assert.equal((await balance(seller.token)).body.data.connected, true);
    assert.equal((await getSeller(market.db, seller.id))!.transfersActive, true);
  });

  it('refuses a forged return address', async () => {
    const other = { jwtSecret: ['another secret that is long enough to sign'] };
    const state = await signReturnState(other, '0197e1f0-0000-7000-8000-000000000000');
    assert.equal((await market.call('GET', `/api/v1/sell/connect/return?state=${state}`)).status, 401);
    assert.equal((await market.call('GET', '/api/v1/sell/connect/return')).status, 400);
  });

  it('answers 503 while the provider is away, and works when it is back', async () => {
    const seller = await market.join();
    await onboard(seller.token);
    for (const fault of ['server_error', 'drop_before'] as const) {
      market.sandbox.arm({ on: '*', fault });
      const answer = await balance(seller.token);
      assert.equal(answer.status, 503, answer.text);
      assert.equal(answer.body.code, 'PROVIDER_UNAVAILABLE');
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      market.sandbox.clear();
    }
    assert.equal((await balance(seller.token)).status, 200);
  });

  it('shows zeros once the provider has closed the account to us', async () => {
    const seller = await market.join();
    await visit(urlOf(await onboard(seller.token)));
    await fetch(`${market.sandbox.url}/v1/accounts/${accountsOf(seller.email)[0]!.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${market.sandbox.apiKey}` },
    });
    assert.equal((await balance(seller.token)).body.data.connected, false);
    assert.equal((await onboard(seller.token)).status, 409);
  });

  it('tries another key when the provider would repeat a stored failure for a day', async () => {
    const seller = await market.join();
    market.sandbox.arm({ on: 'accounts.create', fault: 'server_error', times: 1 });
    assert.equal((await onboard(seller.token)).status, 503);
    assert.equal((await onboard(seller.token)).status, 200);
    assert.equal((await getSeller(market.db, seller.id))!.accountKeySeq, 1);
  });

  it('answers 503 when connecting is switched off', async function () {
    this.timeout(60_000);
    const other = await serveMarketplace({ STRIPE_CONNECT_ENABLED: 'false' });
    try {
      const { token } = await other.join();
      const answer = await other.call('POST', '/api/v1/sell/connect/onboard', { token });
      assert.equal(answer.status, 503);
      assert.equal(answer.body.code, 'CONNECT_DISABLED');
    } finally {
      await other.stop();
    }
  });
});
