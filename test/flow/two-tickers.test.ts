import assert from 'node:assert/strict';
import type { Spine } from '../../db/spine.ts';
import { scheduleOnce } from '../../ops/ticker/schedule.ts';
import type { Schedule } from '../../ops/ticker/schedules.ts';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

/** Fires with every second, so that a test sees many slots. */
const everySecond: Schedule = {
  name: 'every-second',
  cron: '* * * * * *',
  jobs: slot => [{ spec: tally, payload: { n: slot.getTime() } }],
};
const daily: Schedule = {
  name: 'daily',
  cron: '30 3 * * *',
  jobs: slot => [{ spec: tally, payload: { n: slot.getTime() } }],
};

describe('flow: two tickers', function () {
  this.timeout(120_000);
  let system: System;

  beforeEach(async () => {
    system = await System.open();
  });
  afterEach(() => system.close());

  const slots = async () =>
    (
      await system.db.any<{ slot: number }>(
        "select (payload->>'n')::bigint as slot from core.jobs where kind = 'tally'",
      )
    ).map(row => row.slot);

  it('fire no slot twice, even if both believe to lead', async () => {
    const spines = await Promise.all([system.openSpine(), system.openSpine(), system.openSpine()]);
    await eventually(
      async () => {
        await Promise.all(spines.map(spine => scheduleOnce(spine, [everySecond, daily])));
        assert.ok((await slots()).length >= 4);
      },
      { intervalMs: 0 },
    );
    const fired = await slots();
    assert.equal(new Set(fired).size, fired.length);
    await Promise.all(spines.map(spine => spine.close()));
  });

  it('make up the slots that were missed by one', async () => {
    await scheduleOnce(system.spine, [daily]);
    await system.db.none("update core.schedules set last_slot = last_slot - interval '5 days' where name = 'daily'");
    assert.deepEqual(await scheduleOnce(system.spine, [daily]), ['daily']);
    assert.deepEqual(await scheduleOnce(system.spine, [daily]), []);
    assert.equal((await slots()).length, 2);
  });

  it('leave a paused schedule alone', async () => {
    await scheduleOnce(system.spine, [daily]);
    await system.db.none(
      "update core.schedules set last_slot = last_slot - interval '1 day', paused = true where name = 'daily'",
    );
    assert.deepEqual(await scheduleOnce(system.spine, [daily]), []);
  });

  it('take over from one another within seconds while work runs, and rescue what is lost then', async () => {
    const tickers = [await system.startTicker(), await system.startTicker()];
    const leader = () => tickers.find(({ ticker }) => ticker.leadership.leads);
    const first = await eventually(() => leader() ?? assert.fail('nobody leads'));
    const child = await system.startProcess();
    system.provider.hold();
    const ids = await system.insert(charge, [{ n: 1 }, { n: 2 }]);
    await eventually(() => assert.equal(system.provider.calls.length, 2));

    // The leader goes for good, as a process that is cut off would; its lock goes with its session.
    const others = tickers.filter(ticker => ticker !== first);
    await Promise.all([endLeaderSession(first.spine), first.stop()]);
    await eventually(() => assert.ok(others.some(({ ticker }) => ticker.leadership.leads)), { timeoutMs: 10_000 });
    await child.end('SIGKILL');
    system.provider.release();
    await system.startWorker();
    assert.deepEqual(await system.settled(), { succeeded: 2 });
    assert.deepEqual(system.provider.effects().sort(), ids.toSorted());
    for (const id of ids)
      assert.deepEqual(
        (await system.attempts(id)).map(attempt => attempt.outcome),
        ['rescued'],
      );
  });

  it('have one leader again after the leader has lost its session', async () => {
    const tickers = [await system.startTicker(), await system.startTicker()];
    const leaders = () => tickers.filter(({ ticker }) => ticker.leadership.leads);
    await eventually(() => assert.equal(leaders().length, 1));
    for (let round = 0; round < 3; round += 1) {
      await endLeaderSession(system.spine);
      await eventually(async () => {
        assert.equal(leaders().length, 1);
        assert.equal(await lockHolders(), 1);
      });
    }
  });

  const lockHolders = async () =>
    (
      await system.db.one<{ n: number }>(
        `select count(*) as n from pg_locks lock join pg_database db on db.oid = lock.database
        where lock.locktype = 'advisory' and lock.granted and db.datname = current_database()`,
      )
    ).n;

  async function endLeaderSession(spine: Spine): Promise<void> {
    await spine.db.any(
      `select pg_terminate_backend(lock.pid) from pg_locks lock join pg_database db on db.oid = lock.database
      where lock.locktype = 'advisory' and lock.granted and db.datname = current_database()`,
    );
  }
});
