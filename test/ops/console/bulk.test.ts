import assert from 'node:assert/strict';
import { uuidV7 } from '../../../shared/uuid.ts';
import { register } from '../../../workers/registry.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { charge } from '../../support/kinds.ts';
import { insertFailed } from '../actions/failed-jobs.ts';

const payout = { ...charge, kind: 'payout', movesMoney: true } as const;

describe('the pages of bulk actions', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let bob: SignedIn;
  let viewer: SignedIn;

  before(async () => {
    open = await openConsole({ kinds: [payout], handlers: [register(payout, async (_ctx, { n }) => ({ n }))] });
    [ada, bob, viewer] = [await open.signIn('operator'), await open.signIn('admin'), await open.signIn('viewer')];
  });
  after(() => open?.stop());

  const insert = async (count: number, given: { kind: string; code: string }) => {
    const ids = await insertFailed(open, count, given);
    await open.db.none(`update core.jobs set payload = '{"n": 1}' where id = any($1::uuid[])`, [ids]);
    return ids;
  };
  const propose = async (filter: object, reason = 'The provider is back') => {
    const { headers, status } = await ada.post('/redrive', { filter: JSON.stringify(filter), reason });
    assert.equal(status, 303);
    return headers.get('location') ?? '';
  };
  const shows = (who: SignedIn, path: string, text: RegExp) =>
    eventually(async () => assert.match((await who.get(path)).text, text), { timeoutMs: 20_000 });

  it('say so where nothing was done yet', async () => {
    assert.match((await viewer.get('/bulk')).text, /Nothing was done to many jobs yet/);
  });

  it('count before they act, and show a few of what they would touch', async () => {
    const ids = await insert(7, { kind: 'noop', code: 'counted' });
    const whole = (await ada.get('/redrive?kind=noop&code=counted&from=&to=&owner=&tenant=&ids=')).text;
    assert.match(whole, /<b>7<\/b> jobs would be touched/);
    assert.equal(whole.match(/href="\/jobs\/[^?"]/g)?.length, 5);
    const chosen = (await ada.get(`/redrive?kind=noop&ids=${ids[0]}&ids=${ids[1]}`)).text;
    assert.match(chosen, /<b>2<\/b> jobs would be touched/);
    const later = (await ada.get('/redrive?kind=noop&code=counted&from=2999-01-01T00:00')).text;
    assert.match(later, /Nothing fits/);
    assert.doesNotMatch(later, /name="reason"/);
    assert.match((await ada.get('/redrive')).text, /<h2>Filter<\/h2>/);
  });

  it('begin at once where no money moves, and tell how it went', async () => {
    const path = await propose({ kind: 'noop', code: 'counted' });
    await shows(viewer, path, /7 of 7 redriven/);
    await shows(viewer, '/bulk', /counted[^]*7 of 7 redriven[^]*The provider is back/);
  });

  it('wait for somebody else where money moves', async () => {
    await insert(3, { kind: 'payout', code: 'refused' });
    assert.match((await ada.get('/redrive?kind=payout&code=refused')).text, /a second operator must approve/);
    const path = await propose({ kind: 'payout', code: 'refused' });
    const own = (await ada.get(path)).text;
    assert.match(own, /somebody other than you must approve/);
    assert.doesNotMatch(own, /\/approve"/);
    assert.equal((await ada.post(`${path}/approve`)).status, 403);
    assert.equal((await viewer.post(`${path}/approve`)).status, 403);
    assert.doesNotMatch((await viewer.get(path)).text, /<button[^>]*>(Approve|Withdraw)/);
    assert.equal((await bob.post(`${path}/approve`)).status, 303);
    await shows(bob, path, new RegExp(`3 of 3 redriven[^]*${bob.email}`));
    assert.equal((await bob.post(`${path}/approve`)).status, 409);
  });

  it('refuse what makes no sense', async () => {
    for (const query of ['ids=x', 'from=yesterday', `kind=noop&ids=${Array.from({ length: 201 }, uuidV7).join()}`])
      assert.equal((await ada.get(`/redrive?${query}`)).status, 400, query.slice(0, 40));
    assert.equal((await ada.get('/redrive?kind=unknown')).status, 404);
    assert.equal((await viewer.get('/redrive?kind=noop')).status, 403);
    assert.equal((await ada.get('/bulk/x')).status, 404);
    assert.equal((await ada.get(`/bulk/${uuidV7()}`)).status, 404);
    assert.equal((await ada.post('/redrive', { filter: '{', reason: 'x' })).status, 400);
    assert.equal((await ada.post('/redrive', { filter: '{"kind":"noop"}', reason: ' ' })).status, 400);
    assert.equal((await ada.post('/redrive', { filter: '{"kind":"noop","code":"none"}', reason: 'x' })).status, 409);
    assert.equal((await ada.post('/redrive', { filter: '{"kind":"noop"}', reason: 'x', csrf: '' })).status, 403);
  });

  it('are stopped from their page, which shows what others do by itself', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      await insert(4, { kind: 'payout', code: 'withdrawn' });
      const path = await propose({ kind: 'payout', code: 'withdrawn' });
      const { email } = await open.addOperator('operator');
      const [mine, theirs] = [await openPage(browser, open.url, email), await openPage(browser, open.url, email)];
      mine.on('dialog', dialog => void dialog.accept());
      await mine.goto(open.url + path);
      await theirs.goto(open.url + path);
      await mine.click('button:has-text("Withdraw")');
      await mine.waitForSelector('.said:has-text("Stopped; 0 were redriven before.")');
      await theirs.waitForSelector('.badge:has-text("stopped")');
      assert.equal(await theirs.locator('#bulk button').count(), 0);
    } finally {
      await browser.close();
    }
  });
});
