import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { startLoad } from '../support/load.ts';
import { System, type TestEdge } from '../support/system.ts';

describe('flow: SIGTERM under load', function () {
  this.timeout(120_000);
  let system: System;
  let edge: TestEdge;

  before(async () => {
    // Nobody is lost here: a lease that outlasts what a busy machine keeps a process waiting. And what is held has a
    // connection each, all of one worker's ten, for which the others would wait in vain.
    system = await System.open({ env: { LEASE_MS: '10000', DB_POOL_SIZE: '20' } });
    [edge] = await Promise.all([system.startEdge(), system.startTicker()]);
  });
  after(() => system.close());

  it('lets a worker finish or give back what it has, unspent, and loses nothing', async () => {
    const env = { SHUTDOWN_GRACE_MS: '300' };
    const [first, second] = await Promise.all([
      system.startProcess(undefined, env),
      system.startProcess(undefined, env),
    ]);
    // Held at the provider: these outlive the grace.
    system.provider.hold();
    const payloads = Array.from({ length: 10 }, (_, n) => ({ n }));
    const remote = await system.insert(charge, payloads);
    const local = await system.insert(
      tally,
      payloads.map(payload => ({ ...payload, call: true })),
    );
    const held = [...remote, ...local];
    await eventually(() => assert.equal(system.provider.calls.length, held.length));
    const load = startLoad(edge, 'tally');
    await eventually(() => assert.ok(load.accepted() > 50));

    assert.equal(await first.end('SIGTERM'), 0);
    const third = await system.startProcess(undefined, env);
    assert.equal(await second.end('SIGTERM'), 0);
    const between = load.accepted();
    await eventually(() => assert.ok(load.accepted() > between + 50));
    const accepted = await load.stop();
    system.provider.release();

    assert.deepEqual(await system.settled(), { succeeded: held.length + accepted.size });
    await system.assertOnce([...local, ...accepted.values()]);
    assert.deepEqual(system.provider.effects().sort(), held.toSorted());
    for (const id of held) {
      const job = await system.job(id);
      const attempts = await system.attempts(id);
      assert.ok(attempts.length >= 1);
      assert.deepEqual(new Set(attempts.map(attempt => attempt.outcome)), new Set(['released']));
      assert.deepEqual([job.attempt, job.claimNo, job.isolate], [1, attempts.length + 1, false]);
    }
    const { spent } = await system.db.one<{ spent: number }>(
      'select count(*) as spent from core.jobs where attempt <> 1',
    );
    assert.equal(spent, 0);
    assert.equal(await third.end('SIGTERM'), 0);
  });
});
