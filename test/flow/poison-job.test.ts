import assert from 'node:assert/strict';
import { charge } from '../support/kinds.ts';
import { System } from '../support/system.ts';

describe('flow: a job that kills its worker, in one message with 24 others', function () {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open();
    await system.startTicker();
  });
  after(() => system.close());

  it('fails alone once its attempts are spent, and all the others succeed', async () => {
    let restarting = true;
    // As an orchestrator would: whenever the worker dies, another takes its place.
    const restarts = (async () => {
      let starts = 0;
      while (restarting) {
        const child = await system.startProcess();
        starts += 1;
        await Promise.race([child.ended, done.promise]);
        if (!restarting) await child.end('SIGKILL');
      }
      return starts;
    })();

    const ids = await system.insert(
      charge,
      Array.from({ length: 25 }, (_, n) => (n === 12 ? { n, die: 'before' as const } : { n })),
      { maxAttempts: 3 },
    );
    const poison = ids[12] as string;
    const innocents = ids.filter(id => id !== poison);
    try {
      assert.deepEqual(await system.settled(100_000), { succeeded: 24, failed: 1 });
    } finally {
      restarting = false;
      done.resolve();
      await restarts.catch(() => {}); // told below
    }

    assert.equal(await restarts, 4);
    assert.deepEqual(system.provider.effects().sort(), innocents.toSorted());
    const failed = await system.job(poison);
    assert.deepEqual(
      [failed.state, failed.fault?.code, failed.attempt, failed.isolate],
      ['failed', 'worker_lost', 3, true],
    );
    const deaths = await system.attempts(poison);
    assert.deepEqual(
      deaths.map(({ outcome, attempt }) => [outcome, attempt]),
      [
        ['rescued', 1],
        ['rescued', 2],
        ['rescued', 3],
      ],
    );
    // The first death took neighbours along; from then on it ran with nobody beside it.
    for (const id of innocents) {
      const lost = await system.attempts(id);
      assert.ok(lost.length <= 1, `${id} was lost ${lost.length} times`);
      for (const { worker } of lost) assert.equal(worker, deaths[0]?.worker);
    }
  });

  const done = resolvable();
});

function resolvable(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>(settle => (resolve = settle));
  return { promise, resolve };
}
