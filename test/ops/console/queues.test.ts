import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { getJob } from '../../../db/core/jobs.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { transact } from '../../../db/transact.ts';
import { renderQueues, watchQueues } from '../../../ops/console/pages/queues-view.ts';
import { render } from '../../../shared/html.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { noop } from '../../../shared/jobs/noop.ts';
import { register, loadRegistry } from '../../../workers/registry.ts';
import { startWorker } from '../../../workers/start.ts';
import type { Worker } from '../../../workers/worker.ts';
import { charge } from '../../support/kinds.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';

describe('the queues’ pages', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let second: Worker;
  const running = { now: 0, most: 0 };
  const handler = register(charge, async (_ctx, { n }) => {
    running.now += 1;
    running.most = Math.max(running.most, running.now);
    await delay(20); // the work
    running.now -= 1;
    return { n };
  });

  before(async () => {
    open = await openConsole({ kinds: [charge], handlers: [handler] });
    const { spine, outside } = open;
    second = await startWorker(spine, outside.ports, { registry: new Map([...loadRegistry(spine.config), handler]) });
    ada = await open.signIn();
  });
  after(async () => {
    await second?.stop(200);
    await open?.stop();
  });

  const order = () => ({ owner: 'service/test', requestId: uuidV7() });
  const stateOf = async (id: string) => (await getJob(open.db, id))?.state;
  /** Of eight jobs posted together, by both workers. */
  async function mostAtOnce(): Promise<number> {
    running.most = 0;
    const ids = await transact(open.spine, async tx => {
      const made: string[] = [];
      for (let n = 0; n < 8; n += 1) made.push((await insertJob(tx, charge, { n }, order())).id);
      return made;
    });
    await eventually(async () => {
      for (const id of ids) assert.equal(await stateOf(id), 'succeeded');
    });
    return running.most;
  }
  const atBroker = async (kind: string) => (await open.spine.broker.depth([kind])).get(kind);
  const lastAudit = () =>
    open.db.one('select actor, action, subject, reason, details from core.audit order by id desc limit 1');

  it('pauses a kind at every worker, and what is posted waits until it is resumed', async () => {
    await eventually(async () => assert.equal((await atBroker('noop'))?.consumers, 2));
    const paused = await ada.post('/queues/noop/pause', { reason: 'the provider is down' });
    assert.equal(paused.status, 303);
    assert.equal(paused.headers.get('location'), '/queues/noop');
    await eventually(async () => assert.equal((await atBroker('noop'))?.consumers, 0));
    const { id } = await transact(open.spine, tx => insertJob(tx, noop, {}, order()));
    await eventually(async () => assert.equal((await atBroker('noop'))?.ready, 1));
    assert.notEqual(await stateOf(id), 'succeeded');
    await ada.post('/queues/noop/resume', { reason: 'it is back' });
    await eventually(async () => assert.equal(await stateOf(id), 'succeeded'));
    assert.deepEqual(await lastAudit(), {
      actor: ada.email,
      action: 'queue.resume',
      subject: 'noop',
      reason: 'it is back',
      details: { paused: false },
    });
  });

  it('limits what each worker runs at once, and goes back to the spec', async () => {
    await ada.post('/queues/charge/concurrency', { concurrency: '1', reason: 'gently' });
    assert.match((await ada.get('/queues/charge')).text, /1 <span class="quiet">\(by its spec 25\)/);
    // Two workers; before they have heard, all eight run together.
    await eventually(async () => assert.ok((await mostAtOnce()) <= 2));
    await ada.post('/queues/charge/reset', { reason: 'enough' });
    assert.deepEqual((await lastAudit()).details, { concurrency: null });
    await eventually(async () => assert.ok((await mostAtOnce()) > 2));
  });

  it('shows at once what has just been set, though the ticker has not seen it yet', async () => {
    const { live } = open.console.services;
    await eventually(async () => assert.ok((await live.look()).queues));
    await ada.post('/queues/verification/pause', { reason: 'at once' });
    assert.match((await ada.get('/queues/verification')).text, /<span class="badge warn">paused/);
    await ada.post('/queues/verification/resume', { reason: 'at once' });
    assert.doesNotMatch((await ada.get('/queues/verification')).text, /<span class="badge warn">paused/);
  });

  it('asks once more before it stops money or everything', async () => {
    const refused = await ada.post('/queues/transfer/pause', { reason: 'a mistake' });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /tick the box/);
    assert.match((await ada.get('/queues/transfer')).text, /It moves money/);
    assert.equal((await ada.post('/queues/transfer/pause', { reason: 'meant', confirmed: 'yes' })).status, 303);
    assert.equal((await ada.post('/queues-pause', { reason: 'a mistake' })).status, 400);
    assert.equal((await ada.post('/queues-pause', { reason: 'meant', confirmed: 'yes' })).status, 303);
    const paused = await open.db.one('select count(*)::int as kinds from core.queues where paused');
    assert.equal(paused.kinds, open.spine.catalog.size);
    const { details } = await lastAudit();
    assert.ok(!details.kinds.includes('transfer'), 'it was paused before');
    await ada.post('/queues-resume', { reason: 'on with it' });
    assert.equal((await open.db.one('select count(*)::int as kinds from core.queues where paused')).kinds, 0);
  });

  it('shows rows beside the broker, and a kind with its spec', async () => {
    const { text } = await ada.get('/queues');
    for (const kind of open.spine.catalog.keys()) assert.ok(text.includes(`href="/queues/${kind}"`), kind);
    const one = (await ada.get('/queues/transfer')).text;
    assert.match(one, /10 attempts: after 5 min, then ×2, at most 6.0 h, ±10 %/);
    assert.match(one, /nobody: the system makes them/);
    assert.match(one, /data-src="\/charts\/transfer\?what=rates/);
  });

  it('warns where rows and broker disagree, and goes by what was set until the ticker has surely seen it', async () => {
    const { body } = await eventually(() => open.db.one("select body from core.snapshots where name = 'queues'"));
    const seen = body.kinds.find((row: { kind: string }) => row.kind === 'noop');
    Object.assign(seen, { paused: false, disagreement: 'work waits, and nobody consumes it' });
    const live = { sight: { ...open.console.services.live.sight, queues: { ageS: 2, body } } };
    let nowMs = 0;
    const setting = { kind: 'noop', paused: true, concurrency: 7 };
    const states = watchQueues(live, new Map([['noop', noop]]), [setting], () => nowMs);
    assert.match(render(renderQueues(states())), /badge warn">paused<.*7 <span/s);
    nowMs = 4_900;
    assert.equal(states()[0]?.paused, true);
    nowMs = 5_100;
    assert.match(render(renderQueues(states())), /badge bad">work waits, and nobody consumes it/);
  });

  it('refuses viewers, strangers’ forms, and what cannot be', async () => {
    const viewer = await open.signIn('viewer');
    assert.doesNotMatch((await viewer.get('/queues/noop')).text, /name="reason"/);
    assert.doesNotMatch((await viewer.get('/queues')).text, /name="reason"/);
    assert.equal((await viewer.post('/queues/noop/pause', { reason: 'no' })).status, 403);
    assert.equal((await ada.post('/queues/noop/pause', { reason: 'no', csrf: 'wrong' })).status, 403);
    assert.equal((await ada.post('/queues/noop/pause', { reason: '  ' })).status, 400);
    for (const concurrency of ['0', '1001', '1.5', 'many'])
      assert.equal((await ada.post('/queues/noop/concurrency', { concurrency, reason: 'no' })).status, 400);
    assert.equal((await ada.post('/queues/nope/pause', { reason: 'no' })).status, 404);
    assert.equal((await ada.get('/queues/nope')).status, 404);
  });

  it('pauses and resumes by keyboard in a browser, and shows it live', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const page = await openPage(browser, open.url, ada.email);
      const onlooker = await openPage(browser, open.url, ada.email);
      await onlooker.goto(`${open.url}/queues`);
      await page.goto(`${open.url}/queues/noop`);
      await page.locator('form[action="/queues/noop/pause"] input[name=reason]').fill('looked at in a browser');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#said:has-text("noop is paused")');
      await page.waitForSelector('#queue .badge.warn:has-text("paused")');
      await onlooker.waitForSelector('tr:has(a[href="/queues/noop"]) .badge.warn:has-text("paused")');
      await page.locator('form[action="/queues/noop/resume"] input[name=reason]').fill('done looking');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#queue .badge.good:has-text("runs")');
      await onlooker.waitForSelector('tr:has(a[href="/queues/noop"]) .badge.good:has-text("runs")');
    } finally {
      await browser.close();
    }
  });
});
