import assert from 'node:assert/strict';
import { raiseAlert } from '../../../db/core/alerts.ts';
import { alertPlace } from '../../../ops/console/pages/alert-place.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';

const order = '0198c0de-0000-7000-8000-000000000001';

describe('the alerts’ page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    ada = await open.signIn();
  });
  after(() => open?.stop());

  const raise = (subject: string, kind = 'payment_mismatch') =>
    raiseAlert(open.db, { kind, subject, details: { ours: 1 } });
  const idOf = async (subject: string): Promise<string> =>
    (await open.db.one('select id from core.alerts where subject = $1 and resolved_at is null', [subject])).id;

  it('says so when nothing needs a person, and is linked from the overview', async () => {
    assert.match((await ada.get('/alerts')).text, /Nothing needs a person/);
    assert.match((await ada.get('/')).text, /href="\/alerts"/);
  });

  it('shows what is open, how often, and where it belongs', async () => {
    await raise(order);
    await raise(order);
    const { text } = await ada.get('/alerts');
    assert.match(text, /payment mismatch/);
    assert.match(text, /2 times/);
    assert.ok(text.includes(`href="/transfers?order=${order}"`));
  });

  it('closes one with a reason, keeps it below, and opens it anew when it is raised again', async () => {
    const id = await idOf(order);
    assert.equal((await ada.post(`/alerts/${id}/close`)).status, 400);
    const closed = await ada.post(`/alerts/${id}/close`, { reason: 'the buyer paid twice' });
    assert.equal(closed.headers.get('location'), '/alerts');
    const [openPart, closedPart] = (await ada.get('/alerts')).text.split('aria-label="Closed"');
    assert.match(openPart ?? '', /Nothing needs a person/);
    assert.ok(closedPart?.includes(`${ada.email}</td><td class="why">the buyer paid twice`));
    assert.equal((await ada.post(`/alerts/${id}/close`, { reason: 'again' })).status, 404);
    assert.equal(await raise(order), true);
    assert.notEqual(await idOf(order), id);
    const trace = await open.db.one("select actor, reason, subject from core.audit where action = 'alert.close'");
    assert.deepEqual(trace, { actor: ada.email, reason: 'the buyer paid twice', subject: id });
  });

  it('pages through the open and the closed ones', async () => {
    for (let n = 0; n < 30; n += 1) await raise(`many-${n}`);
    const first = (await ada.get('/alerts')).text;
    const next = /href="([^"]*openBefore=[^"]+)"/.exec(first)?.[1] ?? '';
    const second = (await ada.get(next.replaceAll('&amp;', '&'))).text;
    const subjects = (text: string) =>
      [...text.matchAll(/<dt>About<\/dt><dd>[^<]*(?:<a [^>]*>)?([^<]+)/g)].map(([, one]) => one);
    assert.equal(new Set([...subjects(first), ...subjects(second)]).size, 31);
    await open.db.none('update core.alerts set resolved_at = now() where resolved_at is null');
    assert.match((await ada.get('/alerts')).text, /closedBefore=/);
  });

  it('refuses viewers and stale forms', async () => {
    await raise('nobody');
    const id = await idOf('nobody');
    const viewer = await open.signIn('viewer');
    const { text } = await viewer.get('/alerts');
    assert.ok(text.includes('nobody') && !text.includes('/close'));
    assert.equal((await viewer.post(`/alerts/${id}/close`, { reason: 'no' })).status, 403);
    assert.equal((await ada.post(`/alerts/${id}/close`, { reason: 'no', csrf: 'wrong' })).status, 403);
    assert.equal((await ada.post('/alerts/17/close', { reason: 'no' })).status, 404);
    assert.equal((await ada.get('/alerts?openBefore=17')).status, 400);
  });

  it('closes one in a browser', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const page = await openPage(browser, open.url, ada.email);
      await page.goto(`${open.url}/alerts`);
      const card = page.locator('article', { hasText: 'nobody' });
      await card.locator('summary').click();
      await card.locator('pre', { hasText: '"ours": 1' }).waitFor();
      await card.locator('input[name=reason]').fill('looked at in a browser');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#said:has-text("is closed")');
      await page.waitForSelector('td:text-is("looked at in a browser")');
    } finally {
      await browser.close();
    }
  });
});

describe('an alert’s place', () => {
  it('is where what it is about can be seen', () => {
    const transfer = { ours: { id: order } };
    const places: [string, string, Record<string, unknown>, string | null][] = [
      ['outcome_unrecorded', order, {}, `/jobs/${order}`],
      ['transfer_mismatch', order, {}, `/transfers/${order}`],
      ['transfer_difference', 'tr_1', transfer, `/transfers/${order}`],
      ['transfer_difference', 'tr_1', { ours: null }, '/transfers?id=tr_1'],
      ['transfer_misconfigured', 'stripe', {}, '/transfers'],
      ['dispute_lost', order, {}, `/transfers?order=${order}`],
      ['dispute_unknown', 'dp_1', {}, null],
      ['refund_unknown', 're_1', {}, '/failures?kind=refund'],
      ['webhook_not_handled', 'evt_1', {}, '/failures?kind=payment-event'],
      ['invoice_not_rendered', order, {}, '/failures?kind=invoice-pdf'],
      ['mailer_misconfigured', 'mailer', {}, '/failures?kind=notification'],
    ];
    for (const [kind, subject, details, place] of places) assert.equal(alertPlace(kind, subject, details), place, kind);
  });
});
