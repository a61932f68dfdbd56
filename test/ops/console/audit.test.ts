import assert from 'node:assert/strict';
import { writeAudit } from '../../../db/core/audit.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';

describe('the audit’s page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let viewer: SignedIn;
  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    viewer = await open.signIn('viewer');
  });
  after(() => open?.stop());

  /** The subjects in the table, from the top. */
  async function subjects(path: string): Promise<string[]> {
    const { status, text } = await viewer.get(path);
    assert.equal(status, 200);
    return [...text.matchAll(/aria-label="Open ([^"]*)"/g)].map(([, subject]) => subject as string);
  }

  it('says so where nothing fits', async () => {
    assert.match((await viewer.get('/audit?actor=nobody')).text, /No operator did anything that fits/);
  });

  it('pages through all of it by id, newest first, with nothing twice and nothing left out', async () => {
    for (let n = 0; n < 120; n += 1)
      await writeAudit(open.db, { actor: 'pager', action: 'job.retry', subject: `s${n}` });
    const seen: string[] = [];
    const ids: string[] = [];
    for (let path: string | undefined = '/audit?actor=pager'; path !== undefined; ) {
      seen.push(...(await subjects(path)));
      const { text }: { text: string } = await viewer.get(path);
      ids.push(...[...text.matchAll(/<tr id="([^"]+)"/g)].map(([, id]) => id as string));
      path = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    assert.deepEqual([seen.length, new Set(seen).size], [120, 120]);
    assert.deepEqual(ids, ids.toSorted().toReversed());
  });

  it('filters by actor, action, subject and time', async () => {
    const leave = (actor: string, action: string, subject: string) => writeAudit(open.db, { actor, action, subject });
    await leave('ada', 'queue.pause', 'noop');
    await leave('ada', 'queue.resume', 'noop');
    await leave('bob', 'queue.pause', 'transfer');
    const at = new Date('2026-01-01T08:15:00Z');
    await open.db.none("update core.audit set at = $1, id = $2 where actor = 'bob'", [at, uuidV7(at.getTime())]);
    assert.deepEqual(await subjects('/audit?actor=ada'), ['noop', 'noop']);
    assert.deepEqual(await subjects('/audit?action=queue.pause'), ['noop', 'transfer']);
    assert.deepEqual(await subjects('/audit?subject=transfer&actor='), ['transfer']);
    const year = '2026-01-01T00:00';
    assert.deepEqual(await subjects(`/audit?from=${year}&to=2026-01-01T08:16&actor=bob`), ['transfer']);
    assert.deepEqual(await subjects('/audit?to=2026-01-01T08:15&actor=bob'), []);
    assert.deepEqual(await subjects('/audit?from=2026-01-01T08:16&actor=bob'), []);
  });

  it('tells why and how many, and folds the details, with no text that becomes a tag', async () => {
    const details = { text: '<script>alert(1)</script>' };
    await writeAudit(open.db, { actor: 'eve', action: 'bulk', reason: '<b>bold</b>', affected: 1204, details });
    const { text } = await viewer.get('/audit?actor=eve');
    assert.match(text, /&lt;b&gt;bold&lt;\/b&gt;/);
    assert.match(text, /<td>1,204<\/td>/);
    assert.match(text, /<details><summary>Show<\/summary><pre>[^<]*&lt;script&gt;/);
  });

  it('refuses what is no time and no id', async () => {
    assert.equal((await viewer.get('/audit?from=yesterday')).status, 400);
    assert.equal((await viewer.get('/audit?before=17')).status, 400);
  });

  it('reads a page by an index, whatever is asked for', async () => {
    await open.db.none(
      `insert into core.audit (id, actor, action, subject)
       select gen_random_uuid(), 'many', 'job.retry', 'x' || n from generate_series(1, 20000) n`,
    );
    await open.db.none('analyze core.audit');
    for (const [column, value] of [
      ['actor', 'ada'],
      ['action', 'queue.pause'],
      ['subject', 'transfer'],
    ]) {
      const plan = await open.db.any(
        `explain select id from core.audit where ${column} = '${value}' order by id desc limit 50`,
      );
      assert.match(JSON.stringify(plan), new RegExp(`audit_${column}`));
    }
  });

  it('is filtered in a browser by what is clicked', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const page = await openPage(browser, open.url, viewer.email);
      await page.goto(`${open.url}/audit`);
      await page.keyboard.press('/');
      await page.keyboard.type('ada');
      await page.keyboard.press('Enter');
      await page.waitForURL(/actor=ada/);
      assert.equal(await page.locator('tbody tr').count(), 2);
      await page.click('tbody a:text-is("queue.pause")');
      await page.waitForURL(/action=queue.pause/);
      assert.equal(await page.locator('tbody tr').count(), 1);
    } finally {
      await browser.close();
    }
  });
});
