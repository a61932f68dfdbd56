import assert from 'node:assert/strict';
import { issueInvoice } from '../../../db/core/invoices.ts';
import { claimJobs } from '../../../db/core/job-run.ts';
import { getJob } from '../../../db/core/jobs.ts';
import { registerWorker } from '../../../db/core/workers.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { beginExport } from '../../../db/marketplace/exports.ts';
import { recordPaymentEvent } from '../../../db/marketplace/payment-events.ts';
import { insertRefund } from '../../../db/marketplace/refunds.ts';
import { recordOutcome } from '../../../db/record.ts';
import { transact } from '../../../db/transact.ts';
import type { AnySpec } from '../../../shared/job.ts';
import { userExport } from '../../../shared/jobs/export.ts';
import { invoicePdf } from '../../../shared/jobs/invoice-pdf.ts';
import { noop } from '../../../shared/jobs/noop.ts';
import { refund } from '../../../shared/jobs/refund.ts';
import { verification } from '../../../shared/jobs/verification.ts';
import type { Outcome } from '../../../shared/outcome.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { register } from '../../../workers/registry.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { charge } from '../../support/kinds.ts';
import { sampleInvoice } from '../../workers/invoice/sample-invoice.ts';
import { addPaper, addTenant } from './papers.ts';
import { addSeller, addUser, sell } from './sales.ts';

const away = { code: 'away', message: 'It is <away>.' };
const broken = { code: 'broken', message: 'It broke.', cause: 'Error: a cause' };
const fails: Outcome = { state: 'failed', fault: broken };

describe('a job’s page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let viewer: SignedIn;
  const worker = uuidV7();

  before(async () => {
    open = await openConsole({ worker: false });
    [ada, viewer] = [await open.signIn('operator'), await open.signIn('viewer')];
    await registerWorker(open.db, { id: worker, name: 'host:42', version: '0', kinds: [], leaseMs: 600_000 });
  });
  after(() => open?.stop());

  async function post(spec: AnySpec, payload: object, owner = 'service/test'): Promise<string> {
    const order = { owner, tenant: 'acme', requestId: uuidV7(), trace: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01` };
    return (await transact(open.spine, tx => insertJob(tx, spec, payload, order))).id;
  }
  async function claim(id: string) {
    const { attempt } = (await getJob(open.db, id))!;
    const [claimed] = await claimJobs(open.db, worker, [{ id, attempt }]);
    return { ...claimed!, worker };
  }
  async function end(id: string, outcome: Outcome): Promise<void> {
    const job = await claim(id);
    assert.ok(await transact(open.spine, tx => recordOutcome(tx, open.spine.settlers, job, outcome)));
  }
  const show = async (id: string, who = ada) => {
    const { status, text } = await who.get(`/jobs/${id}`);
    assert.equal(status, 200, text.slice(0, 2_000));
    return text;
  };
  const timelineOf = (text: string) => /id="timeline"[^]*?<\/section>/.exec(text)?.[0] ?? '';
  const jobAt = (location: string | null) =>
    /^\/jobs\/(.{36})$/.exec(location ?? '')?.[1] ?? assert.fail(location ?? '');

  it('shows every attempt with its worker, what became of it and why', async () => {
    const id = await post(noop, {});
    assert.match(timelineOf(await show(id)), /No worker has taken it yet/);
    await end(id, { state: 'pending', why: 'retry', delayMs: 60_000, fault: away });
    await end(id, { state: 'pending', why: 'released', delayMs: 0, fault: null });
    await claim(id);
    await eventually(async () => assert.match(timelineOf(await show(id)), /host:42/));
    const text = await show(id);
    const rows = [...timelineOf(text).matchAll(/<th scope="row">(\d+)<\/th><td>.*?badge \w+">([^<]+)</g)];
    assert.deepEqual(
      rows.map(row => [row[1], row[2]]),
      [
        ['1', 'to be retried'],
        ['2', 'given back'],
        ['2', 'running'],
      ],
    );
    assert.ok(timelineOf(text).includes('<b class="problem">away</b> It is &lt;away&gt;.'));
    for (const part of [
      'a1'.repeat(16),
      'href="/jobs?owner=service%2Ftest"',
      'href="/jobs?tenant=acme"',
      `/audit?subject=${id}`,
    ])
      assert.ok(text.includes(part), part);
  });

  it('shows how a job ended that no worker had', async () => {
    const id = await post(noop, {});
    await ada.post(`/jobs/${id}/cancel`, { reason: 'a mistake' });
    assert.match(timelineOf(await show(id)), /cancelled<\/span>[^]*while no worker had it/);
  });

  it('prints payload and result, escaped and without secrets', async () => {
    const id = await post(noop, { text: '<script>alert(1)</script>', account: { password: 'hunter2' } });
    await end(id, {
      state: 'succeeded',
      result: { apiKey: 'hunter3', downloadUrl: 'https://files/hunter4', ok: true },
    });
    const text = await show(id);
    assert.ok(text.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    assert.ok(!text.includes('<script>alert'));
    assert.ok(!text.includes('hunter'), 'no secret');
    assert.equal(text.split('[redacted]').length, 4);
  });

  it('is not there for an id that no job has, or that is none', async () => {
    for (const id of [uuidV7(), '12']) assert.equal((await ada.get(`/jobs/${id}`)).status, 404, id);
  });

  it('retries a failed job as a new one that each names the other, with the operator and the reason in the audit', async () => {
    const id = await post(noop, { a: 1 });
    await end(id, fails);
    const answer = await ada.post(`/jobs/${id}/retry`, { reason: ' it is mended ' });
    assert.equal(answer.status, 303);
    const fresh = jobAt(answer.headers.get('location'));
    assert.notEqual(fresh, id);
    assert.deepEqual((await getJob(open.db, fresh))?.payload, { a: 1 });
    const old = await show(id);
    assert.match(old, new RegExp(`It was retried as <a [^>]*href="/jobs/${fresh}"`));
    assert.ok(!old.includes(`action="/jobs/${id}/retry"`));
    assert.match(await show(fresh), new RegExp(`Retry of</dt><dd><a [^>]*href="/jobs/${id}"`));
    assert.deepEqual(await lastAudit(id), { actor: ada.email, action: 'job.retry', reason: 'it is mended' });
  });

  it('makes a waiting job due now', async () => {
    const id = await post(noop, {});
    await end(id, { state: 'pending', why: 'retry', delayMs: 3_600_000, fault: away });
    assert.match(await show(id), /again in 60 min/);
    const answer = await ada.post(`/jobs/${id}/retry`, { reason: 'it is back' });
    assert.equal(answer.headers.get('location'), `/jobs/${id}`);
    assert.ok((await getJob(open.db, id))!.dueAt!.getTime() <= Date.now());
  });

  it('clones a job, and says of each kind that it does not clone why', async () => {
    const id = await post(noop, { a: 1 });
    const answer = await ada.post(`/jobs/${id}/clone`, { reason: 'a second look' });
    assert.deepEqual((await getJob(open.db, jobAt(answer.headers.get('location'))))?.payload, { a: 1 });
    assert.deepEqual(await lastAudit(id), { actor: ada.email, action: 'job.clone', reason: 'a second look' });
    const money = await post(refund, { refundId: uuidV7() });
    const text = await show(money);
    assert.match(text, /Jobs of kind &quot;refund&quot; move money/);
    assert.match(text, /Nobody can cancel jobs of kind “refund”/);
    for (const verb of ['clone', 'cancel']) {
      assert.ok(!text.includes(`/${verb}"`), verb);
      const refused = await ada.post(`/jobs/${money}/${verb}`, { reason: 'try' });
      assert.equal(refused.status, 403);
      assert.match(refused.text, /refund&quot; (move money|can&#39;t be cancelled)/);
    }
  });

  it('lets a viewer look, and an operator act, with a reason and the form’s token', async () => {
    const id = await post(noop, {});
    const text = await show(id, viewer);
    assert.ok(!text.includes(`action="/jobs/${id}`));
    for (const verb of ['retry', 'cancel', 'clone']) {
      assert.equal((await viewer.post(`/jobs/${id}/${verb}`, { reason: 'x' })).status, 403);
      assert.equal((await ada.post(`/jobs/${id}/${verb}`, { reason: 'x', csrf: 'stale' })).status, 403);
      assert.equal((await ada.post(`/jobs/${id}/${verb}`, { reason: '  ' })).status, 400);
      assert.equal((await ada.post(`/jobs/${uuidV7()}/${verb}`, { reason: 'x' })).status, 404);
    }
    assert.deepEqual([(await getJob(open.db, id))?.state, await lastAudit(id)], ['pending', null]);
  });

  it('leads to what the job is about, and names it as the outside does', async () => {
    const cause = { requestId: uuidV7() };
    const buyer = await addUser(open);
    const { orderId, transfers } = await sell(open, buyer, [await addSeller(open)]);
    const transfer = transfers[0]!;
    const paid = await show(transfer.jobId!);
    for (const part of [`href="/transfers/${transfer.id}"`, '26.99 EUR', orderId, 'not paid yet', 'acct_'])
      assert.ok(paid.includes(part), part);

    const back = await transact(open.spine, tx =>
      insertRefund(tx, {
        orderId,
        askedBy: buyer,
        reason: 'other',
        details: null,
        amountCents: 2_999,
        currency: 'EUR',
        orderWas: 'completed',
      }),
    );
    const refunded = await show(await post(refund, { refundId: back!.id }));
    for (const part of [back!.refundId, '29.99 EUR', `order=${orderId}`]) assert.ok(refunded.includes(part), part);

    const invoice = {
      area: 'marketplace',
      owner: 'system',
      kind: 'invoice',
      subject: 'a',
      issuer: 'us',
      series: 'INV',
    } as const;
    const invoiceId = await transact(open.spine, tx =>
      issueInvoice(tx, { ...invoice, write: () => sampleInvoice() }, cause),
    );
    const drawn = await show(await jobOf(invoicePdf.uniqueKey!({ invoiceId }, '')));
    assert.match(drawn, /Invoice<\/dt><dd>INV-\d{4}-000001, of marketplace/);

    const begun = await transact(open.spine, tx => beginExport(tx, buyer));
    const exported = await show(await post(userExport, { exportId: begun.id }, `marketplace/${buyer}`));
    assert.ok(exported.includes(`of user <code>${buyer}</code>`));

    const event = {
      eventKey: 'id:evt_1',
      eventType: 'payment_succeeded',
      body: '{}',
      sha256: Buffer.alloc(32),
      address: '::1',
    };
    await transact(open.spine, tx => recordPaymentEvent(tx, event, cause));
    const { id: eventId } = await open.db.one<{ id: string }>('select id from marketplace.payment_events');
    const heard = await show(await jobOf(`payment-event:${eventId}`));
    for (const part of ['payment_succeeded', 'not acted on yet', 'id:evt_1']) assert.ok(heard.includes(part), part);

    const paper = await addPaper(open, await addTenant(open, 'Harbor & Light'));
    const checked = await show(await jobOf(verification.uniqueKey!({ verificationId: paper, tenantId: '' }, '')));
    assert.ok(checked.includes(`<a href="/verifications/${paper}">government id in Harbor &amp; Light</a>`));
  });

  it('still shows a job whose row is gone, or whose payload names none', async () => {
    for (const payload of [{ refundId: uuidV7() }, { refundId: 'x' }, null, []]) {
      const id = await post(refund, { refundId: uuidV7() });
      await open.db.none('update core.jobs set payload = $2::jsonb where id = $1', [id, JSON.stringify(payload)]);
      assert.ok(!(await show(id)).includes('What it is about'));
    }
  });

  async function jobOf(uniqueKey: string): Promise<string> {
    return (await open.db.one<{ id: string }>('select id from core.jobs where unique_key = $1', [uniqueKey])).id;
  }

  function lastAudit(subject: string) {
    return open.db.oneOrNone(
      'select actor, action, reason from core.audit where subject = $1 order by id desc limit 1',
      [subject],
    );
  }
});

describe('a job’s page in a browser', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  const gates = new Map<number, () => void>();
  const handler = register(charge, async (ctx, { n }) => {
    await new Promise<void>(resolve => {
      gates.set(n, resolve);
      ctx.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (n < 0 && ctx.job.attempt === 1) throw new Error('not at the first try');
    return { n };
  });

  before(async () => {
    open = await openConsole({ kinds: [charge], handlers: [handler] });
  });
  after(async () => {
    for (const release of gates.values()) release();
    await open?.stop();
  });

  const post = async (n: number) =>
    (await transact(open.spine, tx => insertJob(tx, charge, { n }, { owner: 'service/test', requestId: uuidV7() }))).id;

  it('follows a job from its first attempt to its result, and clones it', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const { email } = await open.addOperator('operator');
      const id = await post(-1);
      const page = await openPage(browser, open.url, email);
      await page.goto(`${open.url}/jobs/${id}`);
      await page.locator('#state .badge:has-text("running")').waitFor();
      const pass = async () => {
        await eventually(() => Promise.resolve(assert.ok(gates.has(-1))));
        const go = gates.get(-1)!;
        gates.delete(-1);
        go();
      };
      await pass();
      await pass();
      await page.locator('#state .badge:has-text("succeeded")').waitFor();
      await page.locator('#result pre:has-text("-1")').waitFor();
      await page.locator('#timeline:has-text("An attempt has ended since you opened the page")').waitFor();
      await page.click('#timeline a:has-text("Reload")');
      await page.locator('#timeline tbody tr').nth(1).waitFor();
      const clone = page.locator(`form[action="/jobs/${id}/clone"]`);
      await clone.locator('input[name=reason]').fill('once more');
      await clone.locator('button').click();
      await page.waitForURL(url => url.pathname.startsWith('/jobs/') && !url.pathname.endsWith(id));
      assert.match((await page.textContent('#said')) ?? '', /Cloned/);
      await page.setViewportSize({ width: 390, height: 800 });
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0);
    } finally {
      await browser.close();
    }
  });

  it('cancels a running job after asking once more', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const { email } = await open.addOperator('operator');
      const id = await post(7);
      const page = await openPage(browser, open.url, email);
      await page.goto(`${open.url}/jobs/${id}`);
      await page.locator('#state .badge:has-text("running")').waitFor();
      const cancel = page.locator(`form[action="/jobs/${id}/cancel"]`);
      await cancel.locator('input[name=reason]').fill('no longer wanted');
      page.once('dialog', dialog => void dialog.dismiss());
      await cancel.locator('button').click();
      assert.equal((await getJob(open.db, id))?.cancelRequested, false);
      page.once('dialog', dialog => void dialog.accept());
      await cancel.locator('button').click();
      await page.locator('#state .badge:has-text("cancelled")').waitFor();
    } finally {
      await browser.close();
    }
  });
});
