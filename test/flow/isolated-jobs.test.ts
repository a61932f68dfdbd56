import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { depthOf } from '../support/wire.ts';

describeFlow(allBrokers, 'jobs that run alone', function (broker) {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open({ broker });
  });
  after(() => system.close());

  it('take turns with the many that run side by side, and no one waits for ever', async () => {
    await system.startWorker();
    const alone: string[] = [];
    const packs: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const payloads = Array.from({ length: 25 }, (_, n) => ({ n }));
      packs.push(...(await system.insert(tally, payloads)));
      const marked = await system.insert(charge, payloads.slice(0, 5), { delayMs: 60_000 });
      await system.db.none('update core.jobs set isolate = true, due_at = now() where id = any($1::uuid[])', [marked]);
      alone.push(...marked);
      packs.push(...(await system.insert(tally, payloads)));
      await delay(20);
    }
    assert.deepEqual(await system.settled(), { succeeded: alone.length + packs.length });
    await system.assertOnce(packs);
    assert.deepEqual(system.provider.calls.map(call => call.key).sort(), alone.toSorted());
  });

  it('have nobody beside them', async () => {
    system.provider.hold();
    const [id = ''] = await system.insert(charge, [{ n: 1 }], { delayMs: 60_000 });
    await system.db.none('update core.jobs set isolate = true, due_at = now() where id = $1', [id]);
    await eventually(() => assert.equal(system.provider.callsOf(id).length, 1));
    const others = await system.insert(tally, [{ n: 1 }, { n: 2 }]);
    const last = await system.insert(charge, [{ n: 3 }]);
    await eventually(async () => {
      assert.equal((await depthOf(system, 'tally')).ready, 0);
    });
    for (const other of [...others, ...last]) assert.notEqual((await system.job(other)).state, 'running');
    system.provider.release();
    await Promise.all([id, ...others, ...last].map(one => system.reaches(one, 'succeeded')));
  });
});
