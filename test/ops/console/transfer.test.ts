import assert from 'node:assert/strict';
import { getTransfer } from '../../../db/marketplace/transfers.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { addSeller, addUser, sell, setBalance } from './sales.ts';

describe('a transfer’s page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let buyerId: string;

  before(async () => {
    open = await openConsole();
    ada = await open.signIn('operator');
    buyerId = await addUser(open);
  });
  beforeEach(() => setBalance(open, 'EUR', 0));
  after(() => open?.stop());

  const statusOf = async (id: string) => (await getTransfer(open.db, id))?.status;
  async function failed(sellers = 1) {
    const sellerIds = await Promise.all(Array.from({ length: sellers }, () => addSeller(open)));
    const { transfers, orderId } = await sell(open, buyerId, sellerIds);
    const ids = transfers.map(({ id }) => id);
    for (const id of ids) await eventually(async () => assert.equal(await statusOf(id), 'failed'));
    return { id: ids[0] as string, ids, orderId };
  }

  it('shows each attempt, the jobs, and the other transfers of the order', async () => {
    const { ids, orderId } = await failed(2);
    const { status, text } = await ada.get(`/transfers/${ids[0]}`);
    assert.equal(status, 200);
    const attempts = await open.db.any<{ event: string; jobId: string; providerKey: string }>(
      'select event, job_id, provider_key from marketplace.transfer_attempts where transfer_id = $1 order by seq',
      [ids[0]],
    );
    assert.deepEqual(
      attempts.map(row => row.event),
      ['sent', 'refused'],
    );
    for (const { event, jobId, providerKey } of attempts)
      for (const part of [`>${event}<`, `href="/jobs/${jobId}"`, providerKey]) assert.ok(text.includes(part), part);
    assert.ok(text.includes(`href="/transfers/${ids[1]}"`), 'the other seller’s');
    assert.ok(text.includes(orderId) && text.includes('59.98 EUR'), 'the order with its total');
    assert.match(text, /1 of 10, next <span[^>]*>in [45] min/);
  });

  it('retries once, however often it is asked, and keeps the reason', async () => {
    const { id } = await failed();
    await setBalance(open, 'EUR', 100_000);
    const answers = await Promise.all(
      [1, 2, 3].map(n => ada.post(`/transfers/${id}/retry`, { reason: `topped up ${n}` })),
    );
    for (const { status } of answers) assert.ok([303, 409].includes(status), `${status}`);
    assert.ok(answers.some(({ status, headers }) => status === 303 && headers.get('location') === `/transfers/${id}`));
    await eventually(async () => assert.equal(await statusOf(id), 'completed'));
    const made = open.outside.stripe.state().transfers.filter(one => one.metadata['transferId'] === id);
    assert.equal(made.length, 1, 'money moves once');
    const traces = await open.db.any<{ actor: string; reason: string }>(
      "select actor, reason from core.audit where action = 'transfer.retry' and subject = $1",
      [id],
    );
    assert.equal(traces.length, answers.filter(({ status }) => status === 303).length);
    for (const { actor, reason } of traces) {
      assert.equal(actor, ada.email);
      assert.match(reason, /^topped up \d$/);
    }
    const { text } = await ada.get(`/transfers/${id}`);
    assert.ok(text.includes(made[0]?.id ?? '?'), 'the transfer at Stripe');
    assert.doesNotMatch(text, /action="[^"]+\/retry"/);
    const again = await ada.post(`/transfers/${id}/retry`, { reason: 'once more' });
    assert.equal(again.status, 409);
    assert.match(again.text, /nothing to retry/);
  });

  it('is retried by operators only, from our own form, with a reason', async () => {
    const { id } = await failed();
    const viewer = await open.signIn('viewer');
    assert.doesNotMatch((await viewer.get(`/transfers/${id}`)).text, /action="[^"]+\/retry"/);
    assert.equal((await viewer.post(`/transfers/${id}/retry`, { reason: 'please' })).status, 403);
    assert.equal((await ada.post(`/transfers/${id}/retry`, { csrf: 'forged', reason: 'please' })).status, 403);
    assert.equal((await ada.post(`/transfers/${id}/retry`, { reason: '   ' })).status, 400);
    assert.equal((await ada.post(`/transfers/${uuidV7()}/retry`, { reason: 'please' })).status, 404);
    assert.equal((await ada.get(`/transfers/${uuidV7()}`)).status, 404);
    assert.equal((await ada.get('/transfers/seven')).status, 404);
    const traces = await open.db.any("select from core.audit where action = 'transfer.retry' and subject = $1", [id]);
    assert.equal(traces.length, 0);
    assert.equal(await statusOf(id), 'failed');
  });

  it('is retried in a browser, which is told live when the try has ended', async function () {
    const browser = (await openBrowser()) ?? this.skip();
    try {
      const { id } = await failed();
      await setBalance(open, 'EUR', 100_000);
      open.outside.stripe.arm({ on: 'transfers.create', fault: 'slow', delayMs: 700 });
      const page = await openPage(browser, open.url, ada.email);
      page.on('dialog', dialog => void dialog.accept());
      await page.goto(`${open.url}/transfers`);
      await page.click(`a[href="/transfers/${id}"]`);
      await page.fill('input[name=reason]', 'the balance was topped up');
      await page.click('button:has-text("Try now")');
      await page.waitForSelector('#said:has-text("It is tried now")');
      await page.click('#jobs >> text=Load the page again');
      await page.waitForSelector('#facts .badge:has-text("completed")');
    } finally {
      await browser.close();
    }
  });
});
