import assert from 'node:assert/strict';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { openWire, type Wire } from '../support/wire.ts';

describe('flow: the same message twice', function () {
  this.timeout(120_000);
  let system: System;
  let wire: Wire;

  before(async () => {
    system = await System.open();
    wire = await openWire(system.env['BROKER_URL'] as string);
  });
  after(async () => {
    await wire.close();
    await system.close();
  });

  it('runs each job once, on one of two workers, whoever hears of it and however often', async () => {
    await Promise.all([system.startWorker(), system.startWorker()]);
    const payloads = Array.from({ length: 50 }, (_, n) => ({ n }));
    const local = await system.insert(tally, payloads);
    const remote = await system.insert(charge, payloads);
    const nudges = [1, 2, 3].flatMap(() => [
      wire.nudge(
        'tally',
        local.map(id => ({ id, attempt: 0 })),
      ),
      wire.nudge(
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
    for (const attempt of [0, 1, 2]) await wire.nudge('tally', [{ id, attempt }]);
    const [last = ''] = await system.insert(tally, [{ n: 2 }]);
    await system.reaches(last, 'succeeded');
    assert.equal((await system.job(id)).rev, done.rev);
    await system.assertOnce([id]);
  });
});
