import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openConsole, openPage, type OpenConsole, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { putSeen, quietKind } from './seen.ts';

/** What one stream has sent so far: element id → HTML, an entry for each event. */
type Events = Record<string, string>[];

describe('live pages', () => {
  let open: OpenConsole;
  let person: SignedIn;
  const streams: AbortController[] = [];

  before(async function () {
    this.timeout(120_000);
    open = await openConsole({ worker: false, ticker: false });
    person = await open.signIn('operator');
  });
  beforeEach(async () => {
    const since = await putSeen(open.db);
    await eventually(async () =>
      assert.equal((await open.console.services.live.look()).queues?.body.leader.since, since),
    );
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.abort();
    await eventually(() => assert.equal(open.console.services.live.watching, 0));
  });
  after(() => open.stop());

  async function listen(path: string): Promise<{ events: Events; text: () => string }> {
    const gone = new AbortController();
    streams.push(gone);
    const address = `${open.url}/live?path=${encodeURIComponent(path)}`;
    const reply = await fetch(address, { headers: { cookie: person.cookie }, signal: gone.signal });
    assert.match(reply.headers.get('content-type') ?? '', /^text\/event-stream/);
    const events: Events = [];
    let text = '';
    void (async () => {
      for await (const chunk of reply.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        events.splice(
          0,
          events.length,
          ...[...text.matchAll(/^data: (\{.*\})\n\n/gm)].map(([, json]) => JSON.parse(json!)),
        );
      }
    })().catch(() => {});
    await eventually(() => assert.ok(events.length > 0));
    return { events, text: () => text };
  }

  describe('over the wire', () => {
    it('send all parts first, the frame’s too, then only those that differ', async () => {
      const stream = await listen('/');
      const ids = ['kinds', 'state', 'ticker', 'title', 'troubles', 'troubles-badge', 'workers'];
      assert.deepEqual(Object.keys(stream.events[0]!).sort(), ids);
      assert.equal(stream.events[0]!['title'], 'Overview · millrace');
      const { kinds } = { kinds: [quietKind('transfer', { paused: true })] };
      await putSeen(open.db, { kinds });
      const last = await eventually(() => {
        const event = stream.events.find(one => one['kinds']?.includes('paused'));
        return event ?? assert.fail('not yet');
      });
      assert.equal(last['title'], '(1) Overview · millrace');
      assert.match(last['troubles'] as string, /transfer is paused/);
      assert.equal(last['kinds']?.includes('notification'), false);
      assert.ok(stream.events.slice(1).every(event => Object.keys(event).length < ids.length));
    });

    it('say that what they show is old when the console no longer sees anything, and when it sees again', async () => {
      const stream = await listen('/');
      const shows = (pattern: RegExp) =>
        eventually(() => assert.match(stream.events.findLast(event => event['troubles'])?.['troubles'] ?? '', pattern));
      await shows(/All is well/);
      await open.db.none('alter table core.snapshots rename to snapshots_away');
      try {
        await shows(/cannot read the database/);
      } finally {
        await open.db.none('alter table core.snapshots_away rename to snapshots');
      }
      await shows(/All is well/);
    });

    it('tell browsers to come back soon', async () => {
      const stream = await listen('/');
      assert.match(stream.text(), /^retry: 1000\n\n/);
    });

    it('end when the console does', async () => {
      const other = await openConsole({ worker: false, ticker: false });
      const somebody = await other.signIn('viewer');
      const reply = await fetch(`${other.url}/live?path=/`, { headers: { cookie: somebody.cookie } });
      await other.stop();
      await assert.rejects(reply.text());
    });
  });

  describe('in a browser', () => {
    let browser: Browser | null;
    let page: Page;

    before(async function () {
      browser = await openBrowser();
      if (!browser) this.skip();
    });
    beforeEach(async () => {
      page = await openPage(browser!, open.url, person.email);
      await live();
    });
    afterEach(() => page.context().close());
    after(() => browser?.close());

    const see = (text: string | RegExp, within = 'main') =>
      eventually(async () => assert.match((await page.textContent(within)) ?? '', new RegExp(text)));
    const live = () => see(/· live$/, '#live');
    const pausedKinds = { kinds: [quietKind('transfer', { paused: true }), quietKind('export')] };

    it('change without being loaded again, titles too', async () => {
      await page.evaluate('void (window.notLoadedAgain = true)');
      await putSeen(open.db, pausedKinds);
      await see(/transfer is paused/, '#troubles');
      assert.equal(await page.title(), '(1) Overview · millrace');
      assert.equal(await page.textContent('#troubles-badge'), '1 thing needs somebody');
      await putSeen(open.db);
      await see(/All is well/, '#troubles');
      assert.equal(await page.title(), 'Overview · millrace');
      assert.ok(await page.evaluate('window.notLoadedAgain'));
    });

    it('leave alone what somebody is using, say so, and catch up once it is let go', async () => {
      await putSeen(open.db, pausedKinds);
      await see(/paused/, '#kinds');
      await page.focus('#kinds a');
      await putSeen(open.db, { kinds: [quietKind('transfer', { paused: true, ready: 7 }), quietKind('export')] });
      await see(/7 jobs wait/, '#troubles');
      await see(/stands still/, '#live');
      assert.doesNotMatch((await page.textContent('#kinds table')) ?? '', /7/);
      await page.evaluate('document.activeElement.blur()');
      await see(/7/, '#kinds table');
      await live();
    });

    it('leave alone what somebody has marked', async () => {
      await page.evaluate('getSelection().selectAllChildren(document.querySelector("#workers tbody th"))');
      await putSeen(open.db, { workers: [] });
      await see(/No worker is alive/, '#troubles');
      assert.match((await page.textContent('#workers')) ?? '', /there:7/);
      await page.evaluate('getSelection().removeAllRanges()');
      await see(/nothing is done until one starts/, '#workers');
    });

    it('keep open what somebody has opened', async () => {
      await page.click('#quiet-kinds summary');
      await page.evaluate('document.activeElement.blur()');
      await page.mouse.move(0, 0);
      await putSeen(open.db, pausedKinds);
      await see(/1 kind is quiet/, '#quiet-kinds summary');
      assert.ok(await page.isVisible('#quiet-kinds a'));
    });

    it('ask for nothing while nobody sees them', async () => {
      const { services } = open.console;
      await eventually(() => assert.equal(services.live.watching, 1));
      const turn = (hidden: boolean) =>
        page.evaluate(
          `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
          document.dispatchEvent(new Event('visibilitychange'))`,
        );
      await turn(true);
      await eventually(() => assert.equal(services.live.watching, 0));
      await putSeen(open.db, pausedKinds);
      await turn(false);
      await see(/transfer is paused/, '#troubles');
    });

    it('tell when the connection is lost, and since when, and come back by themselves', async () => {
      await page.context().setOffline(true);
      // A stream that is open outlives the network of the browser; it ends when the page comes back.
      await page.evaluate(`dispatchEvent(new Event('pagehide'))`);
      await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
      await see(/^The connection is lost since \d\d:\d\d/, '#connection');
      assert.ok(await page.isVisible('main.stale'));
      await page.context().setOffline(false);
      await see(/^$/, '#connection');
      await live();
    });

    it('say to whom is signed out that they are', async () => {
      await open.db.none('delete from core.operator_sessions');
      await page.evaluate(`dispatchEvent(new Event('pagehide'))`);
      await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
      await see(/You are signed out/, '#connection');
      person = await open.signIn('operator');
    });

    it('are led by keys: to sections, to the search, to the help, and not where somebody types', async () => {
      // A busy machine may let too much time pass between the two.
      await eventually(async () => {
        await page.keyboard.press('g');
        await page.keyboard.press('q');
        await page.waitForURL('**/queues', { timeout: 2_000 });
      });
      await page.keyboard.press('?');
      assert.ok(await page.isVisible('dialog#keys'));
      await page.keyboard.press('Escape');
      assert.ok(await page.isHidden('dialog#keys'));
      await page.keyboard.press('/');
      await page.waitForURL('**/jobs');
      await page.keyboard.press('/');
      assert.ok(await page.evaluate(`document.activeElement.hasAttribute('data-search')`));
      await page.keyboard.type('g?o/');
      assert.equal(await page.inputValue('[data-search]'), 'g?o/');
      assert.match(page.url(), /\/jobs$/);
    });

    it('are not led by keys for whom has turned them off', async () => {
      await page.click('#help');
      await page.uncheck('#keys-on');
      await page.click('dialog button');
      await page.keyboard.press('?');
      assert.ok(await page.isHidden('dialog#keys'));
      await page.click('#help');
      assert.ok(await page.isVisible('dialog#keys'));
    });

    it('begin for the keyboard with a way past the navigation', async () => {
      await page.reload();
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    });

    it("tell times in the reader's own zone", async () => {
      await page.context().close();
      page = await openPage(browser!, open.url, person.email, { timezoneId: 'Asia/Kolkata' });
      const time = page.locator('#ticker time').first();
      const at = new Date((await time.getAttribute('datetime')) as string);
      const there = new Date(at.getTime() + 5.5 * 3_600_000).toISOString();
      assert.equal(await time.textContent(), there.slice(0, 19).replace('T', ' '));
      assert.match((await time.getAttribute('title')) ?? '', / UTC$/);
    });

    it('remember light or dark', async () => {
      const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const light = await background();
      await page.click('#theme');
      const dark = await background();
      assert.notEqual(dark, light);
      await page.reload();
      assert.equal(await background(), dark);
    });
  });
});
