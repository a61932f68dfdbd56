import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { insertJobs } from '../../../db/insert-job.ts';
import { transact } from '../../../db/transact.ts';
import { sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { Fault } from '../../../shared/fault.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { register } from '../../../workers/registry.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { charge } from '../../support/kinds.ts';
import { insertFailed } from '../actions/failed-jobs.ts';

describe('the pages of failures', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let viewer: SignedIn;
  let broken = false;
  const provider = createServer((_request, response) => response.writeHead(broken ? 500 : 200).end());

  before(async () => {
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const handler = register(charge, async (_ctx, { n }) => {
      const { ok, status } = await fetch(url);
      if (!ok) throw new Fault('bad_gateway', `The provider answered ${status}.`, { reason: 'provider_broken' });
      return { n };
    });
    open = await openConsole({ kinds: [charge], handlers: [handler] });
    ada = await open.signIn('operator');
    viewer = await open.signIn('viewer');
  });
  after(async () => {
    await open?.stop();
    provider.closeAllConnections();
    provider.close();
  });

  const look = async () => {
    await sampleFailuresOnce(open.spine);
    await open.console.services.live.look([uuidV7()]); // one that is not kept from a second ago
  };
  const auditOf = (subject: string) =>
    open.db.any('select actor, action from core.audit where subject = $1 order by id', [subject]);

  it('say so where nothing has failed', async () => {
    await look();
    assert.match((await viewer.get('/failures')).text, /Nothing has failed that must be looked at/);
    assert.match((await viewer.get('/failures/noop/none')).text, /No job is in this group any more/);
  });

  it('list the groups, by kind on request, and escape what providers say', async () => {
    await insertFailed(open, 3, { code: '<b>odd/code' });
    await insertFailed(open, 1, { code: 'away', kind: 'noop-local', state: 'pending' });
    await look();
    const all = (await viewer.get('/failures')).text;
    assert.match(all, /href="\/failures\/noop\/%3Cb%3Eodd%2Fcode">&lt;b&gt;odd\/code</);
    assert.match(all, /aria-label="3 in the last 24 hours, 3 in this one, at most 3 in one"/);
    assert.match(all, />away</);
    const some = (await viewer.get('/failures?kind=noop-local')).text;
    assert.doesNotMatch(some, /odd/);
    assert.match(some, />away</);
  });

  it('show a group with its newest jobs', async () => {
    const { status, text } = await ada.get('/failures/noop/%3Cb%3Eodd%2Fcode');
    assert.equal(status, 200);
    assert.equal(text.match(/name="ids"/g)?.length, 3);
    assert.match(text, /It broke\./);
    assert.doesNotMatch(
      (await viewer.get('/failures/noop/%3Cb%3Eodd%2Fcode')).text,
      /name="ids"|method="post" action="\/failures/,
    );
  });

  it('keep a note and a silence, which folds the group at the end, and lift it', async () => {
    const path = '/failures/noop-local/away';
    assert.equal((await ada.post(`${path}/note`, { note: 'Ask <them>.' })).headers.get('location'), path);
    assert.match((await viewer.get(path)).text, /Ask &lt;them&gt;\./);
    assert.equal((await ada.post(`${path}/silence`, { until: '8h' })).status, 303);
    assert.match((await viewer.get('/failures')).text, /<details id="silenced"[^]*1 silenced[^]*noop-local/);
    assert.equal((await ada.post(`${path}/silence`, { until: 'now' })).status, 303);
    assert.doesNotMatch((await viewer.get('/failures')).text, /id="silenced"/);
    assert.deepEqual(
      (await auditOf('noop-local/away')).map(({ actor, action }: Record<string, string>) => [actor, action]),
      ['note', 'silence', 'unsilence'].map(verb => [ada.email, `failure.${verb}`]),
    );
  });

  it('refuse viewers, forms without their token, and what makes no sense', async () => {
    const path = '/failures/noop-local/away';
    assert.equal((await viewer.post(`${path}/note`, { note: 'x' })).status, 403);
    assert.equal((await ada.post(`${path}/note`, { note: 'x', csrf: 'stale' })).status, 403);
    assert.equal((await ada.post(`${path}/note`, { note: 'x'.repeat(2_001) })).status, 400);
    for (const form of [
      { until: 'never' },
      { until: 'date' },
      { until: 'date', date: '2020-01-01' },
      { until: 'date', date: 'x' },
    ])
      assert.equal(
        (await ada.post(`${path}/silence`, form as Record<string, string>)).status,
        400,
        JSON.stringify(form),
      );
    assert.equal((await ada.get(`${path}?before=x`)).status, 400);
    assert.equal((await ada.get(`/failures/${'k'.repeat(61)}/away`)).status, 404);
  });

  it('lead from a broken provider to a redrive, and the group drains before one’s eyes', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      broken = true;
      const order = { owner: 'service/test', requestId: uuidV7() };
      const payloads = Array.from({ length: 12 }, (_, n) => ({ n }));
      await transact(open.spine, tx => insertJobs(tx, charge, payloads, order));
      await eventually(async () => {
        const { failed } = await open.db.one<{ failed: number }>(
          "select count(*) as failed from core.jobs where kind = 'charge' and state = 'failed'",
        );
        assert.equal(failed, 12);
      });
      const { email } = await open.addOperator('operator');
      const page = await openPage(browser, open.url, email);
      page.on('dialog', dialog => void dialog.accept());
      await page.goto(`${open.url}/failures?kind=charge`);
      // The ticker looks every ten seconds, and the page shows it by itself.
      await page.click('a:has-text("provider_broken")', { timeout: 30_000 });
      await page.waitForSelector('dd:has-text("The provider answered 500.")');
      broken = false;
      await page.click('button:has-text("Redrive the group")');
      await page.waitForSelector('section[aria-label="Dry run"] b:has-text("12")');
      await page.fill('input[name=reason]', 'The provider is back');
      await page.click('button:has-text("Redrive 12")');
      await page.waitForURL(/\/bulk\//);
      await page.waitForSelector('.badge:has-text("done")', { timeout: 30_000 });
      await page.waitForSelector('#bulk:has-text("12 of 12 redriven")');
      await page.goto(`${open.url}/failures?kind=charge`);
      await page.waitForSelector('#groups:has-text("Nothing has failed")', { timeout: 30_000 });
      const { done } = await open.db.one<{ done: number }>(
        "select count(*) as done from core.jobs where kind = 'charge' and state = 'succeeded'",
      );
      assert.equal(done, 12);
    } finally {
      broken = false;
      await browser.close();
    }
  });
});
