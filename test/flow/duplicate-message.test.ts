import assert from 'node:assert/strict';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { nudge } from '../support/wire.ts';

describeFlow(allBrokers, 'the same message twice', function (broker) {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open({ broker });
  });
  after(() => system.close());

  it('runs each job once, on one of two workers, whoever hears of it and however often', async () => {
    await Promise.all([system.startWorker(), system.startWorker()]);
    const payloads = Array.from({ length: 50 }, (_, n) => ({ n }));
    const local = await system.insert(tally, payloads);
    const remote = await system.insert(charge, payloads);
    const nudges = [1, 2, 3].flatMap(() => [
      nudge(
        system,
        'tally',
        local.map(id => ({ id, attempt: 0 })),
      ),
      nudge(
        system,
        'charge',
        remote.map(id => ({ id, attempt: 0 })),
      ),
    ]);
    await Promise.all(nudges);
    assert.deepEqual(await system.settled(), { succeeded: 100 });
    await system.assertOnce(local);
    assert.deepEqual(system.provider.calls.map(call => call.key).sort(), remote.toSorted());
  });

  it('claims nothing for a nudge of an attempt that is over', async () => {
    const [id = ''] = await system.insert(tally, [{ n: 1 }]);
    const done = await system.reaches(id, 'succeeded');
    for (const attempt of [0, 1, 2]) await nudge(system, 'tally', [{ id, attempt }]);
    const [last = ''] = await system.insert(tally, [{ n: 2 }]);
    await system.reaches(last, 'succeeded');
    assert.equal((await system.job(id)).rev, done.rev);
    await system.assertOnce([id]);
  });
});
