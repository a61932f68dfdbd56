import assert from 'node:assert/strict';
import { pauseSchedule } from '../../../db/core/schedules.ts';
import { scheduleOnce } from '../../../ops/ticker/schedule.ts';
import { latestSlot, schedules } from '../../../ops/ticker/schedules.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';

describe('the schedules’ page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  const warranty = schedules.filter(({ name }) => name === 'warranty-scan');

  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    ada = await open.signIn();
  });
  after(() => open?.stop());

  const fire = () => scheduleOnce(open.spine, warranty);
  const made = async (kind: string) =>
    (await open.db.one('select count(*)::int as jobs from core.jobs where kind = $1', [kind])).jobs;
  const goBack = (days: number) =>
    open.db.none("update core.schedules set last_slot = last_slot - $1 * interval '1 day'", [days]);

  it('shows each schedule with its next three slots, before any has fired', async () => {
    const { text } = await ada.get('/schedules');
    for (const { name, cron } of schedules) {
      assert.ok(text.includes(`id="${name}"`), name);
      assert.ok(text.includes(`<code>${cron}</code>`), cron);
    }
    const [first] = text.split('id="warranty-scan"').slice(1);
    assert.equal(first?.split('</section>')[0]?.match(/<time /g)?.length, 3);
    assert.match(first ?? '', /never/);
    assert.match(text, /No ticker leads/);
  });

  it('lets slots pass while paused, and makes them up by one', async () => {
    assert.deepEqual(await fire(), ['warranty-scan']);
    await ada.post('/schedules/warranty-scan/pause', { reason: 'a quiet week' });
    await goBack(5);
    assert.deepEqual(await fire(), []);
    assert.match((await ada.get('/schedules')).text, /<span class="badge warn">paused/);
    await ada.post('/schedules/warranty-scan/resume', { reason: 'go on' });
    assert.deepEqual([await fire(), await fire()], [['warranty-scan'], []]);
    assert.equal(await made('warranty-scan'), 2);
    const audit = await open.db.any(
      'select action, subject, reason from core.audit where actor = $1 and subject is not null order by id',
      [ada.email],
    );
    assert.deepEqual(audit, [
      { action: 'schedule.pause', subject: 'warranty-scan', reason: 'a quiet week' },
      { action: 'schedule.resume', subject: 'warranty-scan', reason: 'go on' },
    ]);
  });

  it('can pause one that never fired, and fires its latest slot when it is resumed', async () => {
    await open.db.none('delete from core.schedules');
    await ada.post('/schedules/warranty-scan/pause', { reason: 'not yet' });
    assert.deepEqual(await fire(), []);
    const [card] = (await ada.get('/schedules')).text.split('id="warranty-scan"').slice(1);
    assert.match(card?.split('</section>')[0] ?? '', /Last slot<\/dt><dd>never/);
    await pauseSchedule(open.db, 'warranty-scan', false);
    assert.deepEqual(await fire(), ['warranty-scan']);
    const { lastSlot } = await open.db.one('select last_slot from core.schedules');
    assert.deepEqual(lastSlot, latestSlot('0 6 * * *', new Date()));
  });

  it('runs one now, beside its slots', async () => {
    const [jobs, before] = [await made('order-expansion'), await open.db.any('select * from core.schedules')];
    const answer = await ada.post('/schedules/order-expansion/run', { reason: 'a new client' });
    assert.match(answer.headers.get('location') ?? '', /^\/jobs\/[0-9a-f-]{36}$/);
    assert.equal(await made('order-expansion'), jobs + 1);
    assert.deepEqual(await open.db.any('select * from core.schedules'), before);
  });

  it('refuses viewers, stale forms, no reason, and a schedule that is none', async () => {
    const viewer = await open.signIn('viewer');
    assert.doesNotMatch((await viewer.get('/schedules')).text, /Run now/);
    assert.equal((await viewer.post('/schedules/swap-expiry/run', { reason: 'no' })).status, 403);
    assert.equal((await ada.post('/schedules/swap-expiry/run', { reason: 'no', csrf: 'wrong' })).status, 403);
    assert.equal((await ada.post('/schedules/swap-expiry/pause')).status, 400);
    assert.equal((await ada.post('/schedules/nope/pause', { reason: 'no' })).status, 404);
  });

  it('pauses and resumes in a browser', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const page = await openPage(browser, open.url, ada.email);
      await page.goto(`${open.url}/schedules`);
      const card = page.locator('section:has(#swap-expiry)');
      await card.locator('input[name=reason]').fill('looked at in a browser');
      await card.getByRole('button', { name: 'Pause swap-expiry' }).click();
      await page.waitForSelector('#swap-expiry .badge.warn');
      await card.locator('input[name=reason]').fill('done looking');
      await card.getByRole('button', { name: 'Resume swap-expiry' }).click();
      await page.waitForSelector('#swap-expiry .badge.good');
    } finally {
      await browser.close();
    }
  });
});
