import assert from 'node:assert/strict';
import { claimJobs } from '../../../db/core/job-run.ts';
import { registerWorker } from '../../../db/core/workers.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { recordOutcome } from '../../../db/record.ts';
import { transact } from '../../../db/transact.ts';
import { noop } from '../../../shared/jobs/noop.ts';
import { swapExpiry } from '../../../shared/jobs/swap-expiry.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';

describe('the search page of jobs', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  const worker = uuidV7();

  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    ada = await open.signIn('viewer');
    await registerWorker(open.db, { id: worker, name: 'test', version: '0', kinds: ['noop'], leaseMs: 600_000 });
  });
  after(() => open?.stop());

  async function post(order: { owner?: string; tenant?: string } = {}): Promise<string> {
    const asked = { owner: 'service/test', requestId: uuidV7(), ...order };
    return (await transact(open.spine, tx => insertJob(tx, noop, {}, asked))).id;
  }
  async function claim(id: string) {
    const [claimed] = await claimJobs(open.db, worker, [{ id, attempt: 0 }]);
    return claimed!;
  }
  async function fail(id: string, code: string): Promise<void> {
    const job = { ...(await claim(id)), worker };
    const fault = { code, message: 'It <i>broke</i>.' };
    await transact(open.spine, tx => recordOutcome(tx, new Map(), job, { state: 'failed', fault }));
  }
  const search = async (query: Record<string, string>) => {
    const { status, text } = await ada.get(`/jobs?${new URLSearchParams(query).toString()}`);
    assert.equal(status, 200, text);
    return { text, ids: [...text.matchAll(/href="\/jobs\/([0-9a-f-]{36})" title/g)].map(match => match[1] as string) };
  };

  it('says what may be the matter where nothing fits', async () => {
    assert.match((await search({ owner: 'nobody' })).text, /class="empty">No job fits\./);
  });

  it('finds jobs by each of its fields, and by all of them together', async () => {
    const [failed, waiting, running] = [
      await post({ tenant: 'acme' }),
      await post({ owner: 'service/two' }),
      await post(),
    ];
    await fail(failed, 'broken');
    await claim(running);
    const { id: live } = await transact(open.spine, tx =>
      insertJob(tx, swapExpiry, {}, { owner: 'system', requestId: uuidV7() }),
    );
    const cases: [Record<string, string>, string[]][] = [
      [{ kind: 'swap-expiry' }, [live]],
      [{ status: 'failed' }, [failed]],
      [{ status: 'running' }, [running]],
      [{ status: 'queued', kind: 'noop' }, [waiting]],
      [{ status: 'retrying' }, []],
      [{ owner: 'service/two' }, [waiting]],
      [{ tenant: 'acme' }, [failed]],
      [{ fault: 'broken' }, [failed]],
      [{ key: 'swap-expiry' }, [live]],
      [{ ids: ` ${waiting.toUpperCase()},${failed}\n` }, [failed, waiting].sort().reverse()],
      [{ ids: waiting, status: 'failed' }, []],
      [
        { kind: 'noop', status: 'failed', owner: 'service/test', tenant: 'acme', fault: 'broken', open: 'yes' },
        [failed],
      ],
      [{ to: '2026-01-01T00:00' }, []],
      [{ from: new Date(Date.now() - 600_000).toISOString(), status: 'failed' }, [failed]],
    ];
    for (const [query, ids] of cases) assert.deepEqual((await search(query)).ids, ids, JSON.stringify(query));
  });

  it('shows what a job is, escaped', async () => {
    const id = await post({ owner: '<b>service</b>', tenant: 'acme' });
    await fail(id, 'odd<code>');
    const { text } = await search({ ids: id });
    for (const part of [
      '>noop<',
      'class="badge bad">failed<',
      '>1/5<',
      '&lt;b&gt;service',
      '>acme<',
      'odd&lt;code&gt;',
      'ended ',
    ])
      assert.ok(text.includes(part), part);
    assert.ok(!text.includes('<b>service'));
  });

  it('leaves out, if asked, what was retried', async () => {
    const id = await post({ owner: 'service/retried' });
    await fail(id, 'away');
    const boss = await open.signIn('operator');
    await boss.post(`/jobs/${id}/retry`, { reason: 'again' });
    const found = await search({ owner: 'service/retried', status: 'failed' });
    assert.deepEqual(found.ids, [id]);
    assert.match(found.text, />retried<\/a>/);
    assert.deepEqual((await search({ owner: 'service/retried', status: 'failed', open: 'yes' })).ids, []);
  });

  it('keeps what was asked for in its form and in its links, page after page', async () => {
    for (let n = 0; n < 60; n += 1) await post({ owner: 'service/many' });
    const query = { owner: 'service/many', status: 'queued', kind: 'noop', from: '2026-01-01T08:15' };
    const first = await search(query);
    assert.equal(first.ids.length, 50);
    for (const part of [
      'value="service/many"',
      '<option selected>queued',
      '<option selected>noop',
      'value="2026-01-01T08:15"',
    ])
      assert.ok(first.text.includes(part), part);
    const older = /<a href="([^"]+)" rel="next">Older/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await search(Object.fromEntries(new URL(older, open.url).searchParams));
    assert.equal(second.ids.length, 10);
    assert.ok(!second.text.includes('rel="next"'));
    assert.match(second.text, /← Newest/);
    assert.deepEqual([...first.ids, ...second.ids], [...first.ids, ...second.ids].toSorted().toReversed());
  });

  it('tells what does not fit a field, and asks nothing of the database then', async () => {
    const bad = [
      'ids=12',
      `ids=${'x'.repeat(10_001)}`,
      'status=pending',
      'from=yesterday',
      'before=1',
      'open=no',
      'kind=a&kind=b',
    ];
    for (const query of bad) {
      const { status, text } = await ada.get(`/jobs?${query}`);
      assert.equal(status, 400, query.slice(0, 80));
      assert.match(text, /class="problem" role="alert">(ids|status|from|before|owner|open|kind): /, query);
    }
  });

  it('is for those who are signed in', async () => {
    const answer = await fetch(`${open.url}/jobs`, { redirect: 'manual', headers: { accept: 'text/html' } });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), '/login?next=%2Fjobs');
  });

  it('is searched from the keyboard: a slash, an id, Enter', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const id = await post();
      const page = await openPage(browser, open.url, ada.email);
      await page.goto(`${open.url}/jobs`);
      await page.keyboard.press('/');
      await page.keyboard.type(id);
      await page.keyboard.press('Enter');
      await page.waitForURL(/ids=/);
      assert.equal(await page.locator('tbody tr').count(), 1);
      await page.click(`a[title="${id}"]`);
      await page.waitForURL(`${open.url}/jobs/${id}`);
      await page.setViewportSize({ width: 390, height: 800 });
      await page.goto(`${open.url}/jobs`);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0);
    } finally {
      await browser.close();
    }
  });
});
