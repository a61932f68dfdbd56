import assert from 'node:assert/strict';
import { getTransfer } from '../../../db/marketplace/transfers.ts';
import { type OpenConsole, openConsole, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { addSeller, addUser, sell } from './sales.ts';

describe('the transfers’ page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let buyerId: string;

  before(async () => {
    open = await openConsole();
    ada = await open.signIn('viewer');
    buyerId = await addUser(open);
  });
  after(() => open?.stop());

  const rowsOf = (text: string) => [...text.matchAll(/<th scope="row"><a href="\/transfers\/([^"]+)"/g)].map(m => m[1]);
  const fails = (id: string) =>
    eventually(async () => assert.equal((await getTransfer(open.db, id))?.status, 'failed'));

  it('says so while nothing has failed', async () => {
    const { status, text } = await ada.get('/transfers');
    assert.equal(status, 200);
    assert.match(text, /No transfer has failed\./);
    assert.match(text, /nothing is owed/);
  });

  it('shows what failed, what it needs, and what is there', async () => {
    const sellerId = await addSeller(open, 'zoë <b>bold</b>');
    const { transfers, orderId } = await sell(open, buyerId, [sellerId]);
    await fails(transfers[0]!.id);
    const { text } = await ada.get('/transfers');
    assert.deepEqual(rowsOf(text), [transfers[0]?.id]);
    assert.match(text, /26\.99 EUR<\/td>/);
    assert.match(text, /1 of 10/);
    assert.match(text, /in [45] min/);
    assert.match(text, /<code>balance_insufficient<\/code>/);
    assert.match(text, /26\.99 EUR too little/);
    assert.ok(text.includes('zoë &lt;b&gt;bold') && !text.includes('<b>bold'), 'a name is no markup');
    for (const query of [`id=${transfers[0]?.id}`, `order=${orderId}`, `seller=${sellerId}&id=+`, 'status=failed'])
      assert.deepEqual(rowsOf((await ada.get(`/transfers?${query}`)).text), [transfers[0]?.id], query);
    for (const query of [`id=${orderId}`, 'id=tr_nobody', 'status=completed', `seller=${sellerId}&status=held`])
      assert.match((await ada.get(`/transfers?${query}`)).text, /No transfer is like that\./, query);
  });

  it('refuses what is no id and no status', async () => {
    for (const query of ['id=7', 'order=x', 'seller=%00', 'status=lost', 'before=now'])
      assert.equal((await ada.get(`/transfers?${query}`)).status, 400, query);
  });

  it('pages through all of them, each once, the newest first', async () => {
    const ids = await open.db.any<{ id: string }>(
      `with orders as (
        insert into marketplace.orders (id, buyer_id, status, currency, total_cents, transfer_group, paid_at)
        select gen_random_uuid(), $1, 'completed', 'USD', 100, 'many_' || n, now() from generate_series(1, 120) n
        returning id
      ), numbered as (select id, row_number() over () as n from orders)
      insert into marketplace.transfers (id, order_id, seller_id, currency, amount_cents, platform_fee_cents, status, created_at)
      select gen_random_uuid(), id, $1, 'USD', 100, 0, case when n % 3 = 0 then 'failed' else 'permanently_failed' end,
        date_trunc('second', now()) - (n / 4) * interval '1 hour'
      from numbered
      returning id`,
      [buyerId],
    );
    const seen: (string | undefined)[] = [];
    for (let path: string | undefined = '/transfers?status=trouble'; path !== undefined; ) {
      const { text }: { text: string } = await ada.get(path);
      const rows = rowsOf(text);
      assert.ok(rows.length <= 50);
      seen.push(...rows);
      path = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    const trouble = await open.db.any<{ id: string }>(
      `select id from marketplace.transfers where status in ('failed', 'permanently_failed') order by created_at desc, id desc`,
    );
    assert.equal(trouble.length, ids.length + 1);
    assert.deepEqual(
      seen,
      trouble.map(row => row.id),
    );
    const ofSeller = rowsOf((await ada.get(`/transfers?seller=${buyerId}`)).text);
    assert.deepEqual(
      ofSeller,
      trouble
        .filter(row => ids.some(({ id }) => id === row.id))
        .slice(0, 50)
        .map(row => row.id),
    );
  });

  it('says that Stripe is not reachable, and shows the rest all the same', async () => {
    const away = await openConsole({ worker: false, ticker: false });
    try {
      away.outside.stripe.arm({ on: 'balance.retrieve', fault: 'drop_before', times: 20 });
      const { status, text } = await (await away.signIn('viewer')).get('/transfers');
      assert.equal(status, 200);
      assert.match(text, /Stripe is not reachable/);
      assert.match(text, /No transfer has failed\./);
    } finally {
      await away.stop();
    }
  });
});
