import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { listOpenAlerts } from '../../../db/core/alerts.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { listNotifications } from '../../../db/marketplace/notifications.ts';
import { insertDueNotices } from '../../../db/marketplace/warranty-notices.ts';
import { deleteGear } from '../../../db/marketplace/gear.ts';
import { type ScheduleDeps, scheduleOnce } from '../../../ops/ticker/schedule.ts';
import { schedules } from '../../../ops/ticker/schedules.ts';
import { warrantyNotice } from '../../../shared/jobs/warranty-notice.ts';
import { createLog } from '../../../shared/log.ts';
import { addDays } from '../../../shared/warranty.ts';
import type { RunningJob } from '../../../workers/running.ts';
import { openWarrantyScene, type WarrantyScene } from './warranty-scene.ts';

const today = '2027-05-20';
const days = (count: number) => addDays(today, count);

describe('the warranty notices', function () {
  this.timeout(120_000);
  let scene: WarrantyScene;
  let owner: { id: string; email: string };
  before(async () => {
    scene = await openWarrantyScene();
    owner = await scene.addUser();
  });
  after(() => scene.stop());
  afterEach(async () => {
    scene.outbox.clear();
    await scene.empty();
  });

  it('are those of a plain model, whatever days pass, dates change and scans run', async () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ do: fc.constant('scan' as const), at_once: fc.integer({ min: 1, max: 2 }) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('work' as const) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 15 }) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('move' as const),
          gear: fc.nat({ max: 3 }),
          // Few dates, so that a gear comes back to one that it had.
          to: fc.option(fc.constantFrom(5, 20, 33, 60), { nil: null }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), gear: fc.nat({ max: 3 }) }) },
    );
    const ends = fc.array(fc.option(fc.constantFrom(-1, 0, 1, 5, 20, 33, 60), { nil: null }), {
      minLength: 4,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(ends, fc.array(step, { minLength: 4, maxLength: 14 }), async (first, steps) => {
        await scene.empty();
        let now = 0;
        const gear: { id: string; end: number | null; there: boolean }[] = [];
        for (const end of first)
          gear.push({ id: await scene.addGear(owner.id, end === null ? null : days(end)), end, there: true });
        /** By gear, end and threshold. */
        let noticed: { of: (typeof gear)[number]; end: number; threshold: number; told: boolean }[] = [];
        for (const one of steps) {
          if (one.do === 'pass') now += one.days;
          else if (one.do === 'scan') {
            await Promise.all(Array.from({ length: one.at_once }, () => scene.scan(days(now))));
            for (const of of gear) {
              const { end, there } = of;
              if (!there || end === null || end < now || end > now + 30) continue;
              const threshold = end <= now + 1 ? 1 : end <= now + 7 ? 7 : 30;
              if (!noticed.some(notice => notice.of === of && notice.end === end && notice.threshold <= threshold))
                noticed.push({ of, end, threshold, told: false });
            }
          } else if (one.do === 'work') {
            await scene.work(days(now));
            noticed = noticed.filter(notice => notice.told || notice.end === notice.of.end);
            for (const notice of noticed) notice.told ||= notice.of.there;
          } else {
            const of = gear[one.gear] as (typeof gear)[number];
            if (one.do === 'move') {
              of.end = one.to;
              await scene.setEnd(of.id, of.end === null ? null : days(of.end));
            } else {
              of.there = false;
              await deleteGear(scene.db, { ownerId: owner.id, id: of.id });
            }
          }
        }
        const text = ({ of, end, threshold }: (typeof noticed)[number]) => `${of.id} ${days(end)} ${threshold}`;
        const told = noticed.filter(notice => notice.told).map(text);
        assert.deepEqual(
          await scene.notices(),
          noticed
            .filter(notice => notice.of.there)
            .map(text)
            .sort(),
        );
        assert.deepEqual(await scene.notifications(), [...new Set(told)].sort());
        assert.deepEqual(scene.mails(), [...new Set(told)].sort());
      }),
      { numRuns: 60 },
    );
  });

  it('are made page after page, and by the next attempt where a scan was cut off', async () => {
    await scene.db.none(
      `insert into marketplace.gear (id, owner_id, name, warranty_expires_at)
      select gen_random_uuid(), $1, 'A cable', $2::date + (n > 1100)::int from generate_series(1, 1200) n`,
      [owner.id, days(7)],
    );
    const running = await scene.claimScan(today);
    stopAtFirstProgress(running);
    assert.equal((await scene.run(running)).state, 'pending');
    assert.equal((await scene.notices()).length, 500);
    assert.deepEqual(await scene.scan(today), { scanned: 1200, notices: 700 });
    const { waiting } = await scene.db.one<{ waiting: number }>(
      "select count(distinct payload) as waiting from core.jobs where kind = 'warranty-notice'",
    );
    assert.equal(waiting, 1200);
    const notices = await scene.notices();
    assert.equal(notices.filter(notice => notice.endsWith(`${days(7)} 7`)).length, 1100);
    assert.deepEqual(await scene.scan(today), { scanned: 1200, notices: 0 });
  });

  it('are none the wider when a scan of the day before comes late', async () => {
    await scene.addGear(owner.id, days(7));
    assert.deepEqual(await scene.scan(today), { scanned: 1, notices: 1 });
    assert.deepEqual(await scene.scan(days(-1)), { scanned: 1, notices: 0 });
  });

  it('are made for no gear that went, or moved its end date, after it was read', async () => {
    const moved = await scene.addGear(owner.id, days(300));
    const read = [moved, randomUUID()].map(gearId => ({ gearId, thresholdDays: 7, endsOn: days(5) }) as const);
    assert.deepEqual(await scene.transact(tx => insertDueNotices(tx, read)), []);
  });

  it('reach the owner as a notification and as an e-mail that say what ends when', async () => {
    const gear = await scene.addGear(owner.id, days(7), 'Amp <b>"One"</b>\r\nBcc: everyone@example.com');
    await scene.scan(today);
    const [job] = await scene.work(today);
    assert.deepEqual([job?.state, job?.result], ['succeeded', { sent: true, why: null }]);
    const { notifications } = await listNotifications(
      scene.db,
      { userId: owner.id, unread: true },
      { limit: 9, offset: 0 },
    );
    const [notification] = notifications;
    assert.equal(notification?.type, 'warranty_expiring');
    assert.equal(notification.title, 'The warranty of Amp <b>"One"</b> Bcc: everyone@example.com ends in 7 days');
    assert.deepEqual(notification.data, { gear_id: gear, ends_on: days(7), threshold_days: 7 });
    const [mail, ...others] = scene.outbox.mails();
    assert.deepEqual([mail?.to, others], [[owner.email], []]);
    assert.equal(mail?.subject, notification.title);
    assert.match(mail.text, /covers is 27 May 2027\./);
    const html = await (await fetch(`${scene.outbox.url}/mails/${mail.id}/body`)).text();
    assert.match(html, /<p>The last day that the warranty of Amp &lt;b&gt;&quot;One&quot;&lt;\/b&gt; Bcc: /);
  });

  it('are mailed again when the server did not take them, and told once', async () => {
    await scene.addGear(owner.id, days(0));
    await scene.scan(today);
    scene.outbox.arm({ fault: 'temporary_failure' });
    const [first] = await scene.work(today);
    assert.deepEqual([first?.state, first?.fault?.code], ['pending', 'mail_not_taken']);
    const [second] = await scene.work(today);
    assert.deepEqual(second?.result, { sent: true, why: null });
    assert.equal((await scene.notifications()).length, 1);
    assert.deepEqual(scene.mails(), await scene.notifications());
  });

  it('carry the same Message-ID when a lost answer makes them go out twice', async () => {
    await scene.addGear(owner.id, days(0));
    await scene.scan(today);
    scene.outbox.arm({ fault: 'drop_after' });
    assert.equal((await scene.work(today))[0]?.state, 'pending');
    assert.equal((await scene.work(today))[0]?.state, 'succeeded');
    assert.deepEqual(
      scene.outbox.mails().map(mail => mail.deliveries),
      [2],
    );
    assert.equal((await scene.notifications()).length, 1);
  });

  it('are not mailed again once the server has taken them', async () => {
    const gearId = await scene.addGear(owner.id, days(0));
    await scene.scan(today);
    await scene.work(today);
    const order = { owner: 'system', requestId: randomUUID() };
    const notice = { gearId, thresholdDays: 1, endsOn: days(0) } as const;
    await scene.transact(tx => insertJob(tx, warrantyNotice, notice, order));
    assert.deepEqual((await scene.work(today))[0]?.result, { sent: false, why: 'sent_before' });
    assert.deepEqual(
      scene.outbox.mails().map(mail => mail.deliveries),
      [1],
    );
  });

  it('are not mailed for ever to an address that is refused', async () => {
    await scene.addGear(owner.id, days(0));
    await scene.scan(today);
    scene.outbox.arm({ fault: 'refuse_recipient' });
    const [job] = await scene.work(today);
    assert.deepEqual([job?.state, job?.fault?.code], ['failed', 'mail_refused']);
    assert.equal((await scene.notifications()).length, 1);
    assert.deepEqual(await listOpenAlerts(scene.db), []);
  });

  it('say nothing of gear that has gone or ends on another date by then', async () => {
    const [gone, moved] = [await scene.addGear(owner.id, days(3)), await scene.addGear(owner.id, days(3))];
    await scene.scan(today);
    await deleteGear(scene.db, { ownerId: owner.id, id: gone });
    await scene.setEnd(moved, days(300));
    const jobs = await scene.work(today);
    assert.deepEqual(
      jobs
        .map(job => job.result)
        .map(result => (result as { why: string }).why)
        .sort(),
      ['gone', 'stale'],
    );
    assert.deepEqual([await scene.notifications(), scene.mails()], [[], []]);
    await scene.setEnd(moved, days(3));
    assert.deepEqual(await scene.scan(today), { scanned: 1, notices: 1 });
  });

  it('are scanned for once a day, however many tickers there are', async () => {
    const log = createLog({ level: 'silent', name: 'test' });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the dispatch it only sends
    const deps = { spineDb: scene.db, dispatch: { send: () => undefined }, log } as unknown as ScheduleDeps;
    const own = schedules.filter(schedule => schedule.name === 'warranty-scan');
    const fired = await Promise.all([scheduleOnce(deps, own), scheduleOnce(deps, own)]);
    assert.deepEqual(fired.flat(), ['warranty-scan']);
    const { count } = await scene.db.one("select count(*) from core.jobs where kind = 'warranty-scan'");
    assert.equal(count, 1);
  });
});

/** The worker is asked to end when the first page is done. */
function stopAtFirstProgress(running: RunningJob): void {
  Object.defineProperty(running, 'progress', {
    get: () => null,
    set() {
      running.stop('shutdown');
    },
  });
}
