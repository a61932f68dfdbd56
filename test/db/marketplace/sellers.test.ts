import assert from 'node:assert/strict';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import { insertPaidOrder } from '../../support/paid-order.ts';
import { refreshSeller } from '../../../db/marketplace/refresh-seller.ts';
import {
  burnAccountKey,
  ensureSeller,
  getSeller,
  listWaitingSellers,
  setSellerAccount,
} from '../../../db/marketplace/sellers.ts';
import { createUser } from '../../../db/marketplace/users.ts';
import { transact } from '../../../db/transact.ts';
import type { DueJob } from '../../../shared/message.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

const order = { requestId: '0197e1f0-0000-7000-8000-000000000000', retryEnabled: true };

const accountThat = (transfersActive: boolean) => ({
  retrieveAccount: async (accountId: string) => ({
    accountId,
    transfersActive,
    detailsSubmitted: transfersActive,
    payoutsEnabled: transfersActive,
    defaultCurrency: transfersActive ? 'EUR' : '',
  }),
});

describe('db/marketplace/sellers', () => {
  let database: TestDatabase;
  let db: Database;
  before(async function () {
    this.timeout(60_000);
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 5, applicationName: 'test' });
  });
  after(async () => {
    await db?.$pool.end();
    await database?.drop();
  });

  let count = 0;
  async function newUser(): Promise<string> {
    const username = `user${(count += 1)}`;
    return (await createUser(db, { username, email: `${username}@example.com`, passwordHash: 'x' }))!.id;
  }
  const sell = (sellerId: string, buyerId: string) =>
    transact({ db, dispatch: { send: () => undefined } }, tx =>
      insertPaidOrder(
        tx,
        {
          buyerId,
          currency: 'EUR',
          feeRate: 0.1,
          lines: [{ sellerId, title: 'Beat', quantity: 1, grossCents: 2999 }],
        },
        order,
      ),
    );

  it('keeps the first account that a seller gets', async () => {
    const userId = await newUser();
    await Promise.all([ensureSeller(db, userId), ensureSeller(db, userId)]);
    const taken = await Promise.all([setSellerAccount(db, userId, 'acct_1'), setSellerAccount(db, userId, 'acct_2')]);
    assert.equal(taken.filter(Boolean).length, 1);
    await burnAccountKey(db, userId, 0);
    assert.equal((await getSeller(db, userId))!.accountKeySeq, 0);
  });

  it('gives a provider key up once', async () => {
    const userId = await newUser();
    await ensureSeller(db, userId);
    await Promise.all([burnAccountKey(db, userId, 0), burnAccountKey(db, userId, 0)]);
    assert.equal((await getSeller(db, userId))!.accountKeySeq, 1);
  });

  it('releases what waits for an account when it becomes active, and publishes it after the commit', async () => {
    const [userId, buyerId] = [await newUser(), await newUser()];
    await ensureSeller(db, userId);
    await setSellerAccount(db, userId, `acct_${userId}`);
    await sell(userId, buyerId);
    assert.deepEqual(await listWaitingSellers(db, null, 10), [userId]);
    assert.deepEqual(await listWaitingSellers(db, userId, 10), []);
    const sent: DueJob[] = [];
    const deps = { db, dispatch: { send: (jobs: readonly DueJob[]) => void sent.push(...jobs) } };

    await refreshSeller({ ...deps, stripe: accountThat(false) }, userId, order);
    assert.equal(sent.length, 0);
    assert.equal((await getSeller(db, userId))!.onboardedAt, null);

    await refreshSeller({ ...deps, stripe: accountThat(true) }, userId, order);
    assert.deepEqual(
      sent.map(({ kind }) => kind),
      ['transfer'],
    );
    assert.deepEqual(await listWaitingSellers(db, null, 10), []);
    const onboarded = await getSeller(db, userId);
    assert.equal(onboarded!.defaultCurrency, 'EUR');

    await refreshSeller({ ...deps, stripe: accountThat(true) }, userId, order);
    assert.equal(sent.length, 1);
    assert.deepEqual(await getSeller(db, userId), onboarded);
  });

  it('answers null for who has no account', async () => {
    const stripe = accountThat(true);
    const deps = { db, dispatch: { send: () => undefined }, stripe };
    assert.equal(await refreshSeller(deps, await newUser(), order), null);
  });
});
