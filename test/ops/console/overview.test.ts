import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { insertJob } from '../../../db/insert-job.ts';
import { transact } from '../../../db/transact.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineJob } from '../../../shared/job.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { register } from '../../../workers/registry.ts';
import { openBrowser, openConsole, openPage, type OpenConsole, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { putSeen, quietKind } from './seen.ts';

const breakable = defineJob({
  kind: 'breakable',
  version: 1,
  area: 'core',
  summary: 'Fails as it is told.',
  effect: 'local',
  payload: z.strictObject({ fails: z.boolean() }),
  result: z.strictObject({}),
  jobsPerMessage: 25,
  concurrency: 5,
  timeoutMs: 10_000,
  retry: { attempts: 2, firstDelayMs: 20, factor: 1, maxDelayMs: 20, jitter: 0 },
  access: { post: ['service'], see: 'owner', cancel: 'owner' },
});

describe('the overview', () => {
  describe('of what a ticker has seen', () => {
    let open: OpenConsole;
    let person: SignedIn;

    before(async function () {
      this.timeout(120_000);
      open = await openConsole({ worker: false, ticker: false });
      person = await open.signIn('operator');
    });
    after(() => open.stop());

    /** The page, once the console has seen this. */
    const shown = async (...given: Parameters<typeof putSeen> extends [unknown, ...infer Rest] ? Rest : never) => {
      const since = await putSeen(open.db, ...given);
      await eventually(async () => {
        const { queues, health } = await open.console.services.live.look();
        assert.ok(queues?.body.leader.since === since && health);
      });
      return (await person.get('/')).text;
    };

    it('says what is missing before any ticker has led', async () => {
      await open.db.none('delete from core.snapshots');
      await eventually(async () => assert.equal((await open.console.services.live.look()).queues, null));
      const { text } = await person.get('/');
      assert.match(text, /No ticker has ever led/);
      assert.match(text, /a ticker must run/);
    });

    it('says plainly that all is well, and by what one can tell', async () => {
      const text = await shown();
      assert.match(text, /All is well\.<\/b> A ticker leads, 1 worker is alive, everything it rests on answers/);
      assert.match(text, /nothing waits/);
      assert.match(text, /<title id="title">Overview/);
    });

    it('puts on top, in words, what is wrong and where one acts; every link leads somewhere', async () => {
      const kinds = [
        quietKind('transfer', {
          ready: 12,
          oldestS: 480,
          consumers: 0,
          disagreement: 'work waits, and nobody consumes it',
        }),
        quietKind('export', { paused: true }),
      ];
      const text = await shown({ kinds, openAlerts: 2 }, [{}]);
      const troubles = /<ul class="troubles">(.*?)<\/ul>/s.exec(text)?.[1] as string;
      for (const words of [
        'transfer: work waits, and nobody consumes it',
        '12 failed with balance_insufficient',
        'export is paused',
      ])
        assert.ok(troubles.includes(words), words);
      assert.match(text, /<h2>4 things need somebody/);
      assert.match(text, /<title id="title">\(4\) Overview/);
      const links = [...troubles.matchAll(/href="([^"]+)"/g)].map(([, href]) => href as string);
      assert.deepEqual(links.toSorted(), [
        '/alerts',
        '/failures/transfer/balance_insufficient',
        '/queues/export',
        '/queues/transfer',
      ]);
      for (const href of links) assert.equal((await person.get(href)).status, 200, href);
    });

    it('shows kinds in trouble first and folds away those at which nothing happens', async () => {
      const kinds = [
        quietKind('notification'),
        quietKind('export', { ready: 3, oldestS: 2 }),
        quietKind('transfer', { running: 1 }),
      ];
      const text = await shown({ kinds }, [{ kind: 'transfer' }]);
      const table = /<table>.*?<\/table>/s.exec(text)?.[0] as string;
      assert.ok(table.indexOf('>transfer<') < table.indexOf('>export<'));
      assert.ok(!table.includes('notification'));
      assert.match(text, /<details id="quiet-kinds"><summary>1 kind is quiet<\/summary>.*notification/s);
    });

    it('says of figures that reached the limit that they are the least', async () => {
      assert.match(
        await shown({ kinds: [quietKind('transfer', { ready: 1_000_000 })], capped: true }),
        /at least 1,000,000/,
      );
    });

    it('names workers that are gone beside those that live, and loops that fail', async () => {
      const at = new Date().toISOString();
      const worker = { version: '1', kinds: [], running: 0, startedAt: at, seenAt: at, stopped: false };
      const workers = [
        { ...worker, id: 'a', name: 'here:1', alive: true, lost: false },
        { ...worker, id: 'b', name: 'here:2', alive: false, lost: true },
        { ...worker, id: 'c', name: 'here:3', alive: false, lost: false, stopped: true },
      ];
      const loops = [{ name: 'payments', everyMs: 30_000, lastAt: at, lastMs: 9, error: 'Stripe is away' }];
      const text = await shown({ workers, loops });
      assert.match(text, /here:2 <span class="badge bad">lost/);
      assert.doesNotMatch(text, /here:3/);
      assert.match(text, /1 fails.*Stripe is away/s);
    });

    it('draws what has been counted, and says where there is nothing to draw', async function () {
      const browser = await openBrowser();
      if (!browser) {
        this.skip();
        return;
      }
      const { email } = await open.addOperator('viewer');
      await open.db.none(
        `insert into core.kind_minutes (minute, kind, accepted, succeeded, failed, retried, ready, running, retrying, oldest_s)
        select date_trunc('minute', now()) - n * interval '1 minute', 'transfer', 5, 5, 0, 0, 0, 0, 0, 0 from generate_series(1, 30) n`,
      );
      const page = await openPage(browser, open.url, email);
      const chart = (what: string) => page.locator(`.chart[data-src*="${what}&span=hour"]`);
      await eventually(async () => assert.equal(await chart('rates').locator('canvas').count(), 1));
      await eventually(async () =>
        assert.match((await chart('waiting').textContent()) ?? '', /Nothing waited in the last hour/),
      );
      assert.match(
        (await chart('rates').getAttribute('aria-label')) ?? '',
        /^Jobs a minute, the last hour: in .*at most 5/,
      );
      await browser.close();
    });
  });

  describe('of a system at work', () => {
    let open: OpenConsole;
    let browser: Browser | null;

    before(async function () {
      this.timeout(120_000);
      browser = await openBrowser();
      if (!browser) this.skip();
      const handler = register(breakable, async (_ctx, { fails }) => {
        if (fails) throw new Fault('unprocessable', 'It is broken.', { reason: 'broken' });
        return {};
      });
      open = await openConsole({ kinds: [breakable], handlers: [handler] });
    });
    after(async () => {
      await browser?.close();
      await open?.stop();
    });

    const post = (fails: boolean) =>
      transact(open.spine, tx => insertJob(tx, breakable, { fails }, { owner: 'service/test', requestId: uuidV7() }));

    it('shows within seconds that jobs fail, how many and where one acts, without being loaded again', async function () {
      this.timeout(60_000);
      const { email } = await open.addOperator('operator');
      const page = await openPage(browser!, open.url, email, { viewport: { width: 390, height: 844 } });
      const refused: string[] = [];
      page.on('console', message => message.type() === 'error' && refused.push(message.text()));
      await eventually(async () => assert.match((await page.textContent('#troubles')) ?? '', /All is well/), {
        timeoutMs: 20_000,
      });
      for (let n = 0; n < 3; n++) await post(true);
      await post(false);
      await eventually(
        async () =>
          assert.match((await page.textContent('#troubles')) ?? '', /breakable: 3 failed with broken since \d\d:\d\d/),
        { timeoutMs: 30_000 },
      );
      const row = page.locator('#kinds tr', { hasText: 'breakable' });
      assert.equal(await row.locator('td').nth(3).textContent(), '3');
      // The page itself never scrolls sideways; tables do, in their place.
      assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
      assert.deepEqual(refused, []);
      await page.click('text=breakable: 3 failed with broken');
      await page.waitForURL('**/failures/breakable/broken');
      await page.context().close();
    });
  });
});
