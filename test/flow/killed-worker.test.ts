import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { describeFlow, sharedBrokers } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { depthOf } from '../support/wire.ts';

describeFlow(sharedBrokers, 'a worker killed in the midst of its jobs', function (broker) {
  this.timeout(120_000);
  let system: System;

  beforeEach(async () => {
    system = await System.open({ broker });
    await system.startTicker();
  });
  afterEach(() => system.close());

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

  it('loses none of those that it had in hand and had not begun', async () => {
    const first = await system.startProcess();
    system.provider.hold();
    // Three messages, of which the worker holds two: as many jobs run as one message has.
    const ids = await system.insert(
      charge,
      Array.from({ length: 3 * charge.jobsPerMessage }, (_, n) => ({ n })),
    );
    await eventually(() => assert.equal(system.provider.calls.length, charge.concurrency));
    await eventually(async () => assert.ok((await depthOf(system, 'charge')).ready <= 1));

    await first.end('SIGKILL');
    await eventually(async () => assert.equal((await depthOf(system, 'charge')).consumers, 0));
    system.broker.expireLeases?.();
    const second = await system.startProcess();
    system.provider.release();

    assert.deepEqual(await system.settled(), { succeeded: ids.length });
    assert.deepEqual(system.provider.effects().sort(), ids.toSorted());
    const outcomes = await Promise.all(ids.map(async id => (await system.attempts(id)).map(({ outcome }) => outcome)));
    assert.deepEqual(outcomes.flat(), Array(charge.concurrency).fill('rescued'));
    assert.equal(await second.end('SIGTERM'), 0);
  });
});
