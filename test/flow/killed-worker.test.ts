import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

describe('flow: a worker killed in the midst of its jobs', function () {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open();
    await system.startTicker();
  });
  after(() => system.close());

  it('loses none of them and lets none take effect twice', async () => {
    const [first, second] = await Promise.all([
      system.startProcess(),
      system.startProcess(undefined, { WORKER_KINDS: 'charge' }),
    ]);
    system.provider.hold();
    const payloads = Array.from({ length: 5 }, (_, n) => ({ n }));
    const local = await system.insert(
      tally,
      payloads.map(payload => ({ ...payload, call: true })),
    );
    const remote = await system.insert(charge, payloads);
    const all = [...local, ...remote];
    await eventually(() => assert.equal(system.provider.calls.length, all.length));
    const onFirst = all.filter(id => system.provider.callsOf(id)[0]?.pid === first.pid);
    assert.ok(local.every(id => onFirst.includes(id)));

    await first.end('SIGKILL');
    await system.startWorker();
    system.provider.release();

    assert.deepEqual(await system.settled(), { succeeded: all.length });
    await system.assertOnce(local);
    assert.deepEqual(system.provider.effects().sort(), all.toSorted());
    for (const id of onFirst) {
      const job = await system.job(id);
      assert.deepEqual([job.attempt, job.isolate, job.fault], [2, true, null]);
      const [lost, ...more] = await system.attempts(id);
      assert.equal(more.length, 0);
      assert.deepEqual(
        [lost?.outcome, lost?.fault?.code, lost?.attempt, lost?.claimNo],
        ['rescued', 'worker_lost', 1, 1],
      );
    }
    for (const id of all.filter(other => !onFirst.includes(other))) assert.deepEqual(await system.attempts(id), []);
    await second.end('SIGKILL');
  });
});
