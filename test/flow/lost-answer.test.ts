import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { startProxy, type Proxy } from '../../ops/faults/proxy.ts';
import { System } from '../support/system.ts';

describe('flow: the database acts, and its answer is lost', function () {
  this.timeout(120_000);
  let system: System;
  let proxy: Proxy;

  beforeEach(async () => {
    system = await System.open();
    proxy = await startProxy(system.env['DATABASE_URL'] as string);
    await system.startTicker();
  });
  afterEach(async () => {
    await system.close();
    await proxy.stop();
  });

  it('runs the jobs whose claim was committed unheard', async () => {
    // The lease outlives the test: nobody but the worker itself can find out.
    await system.startWorker({ env: { DATABASE_URL: proxy.url, LEASE_MS: '600000' } });
    const warm = await system.insert(tally, [{ n: 0 }]);
    await system.settled();
    proxy.holdAnswers();
    const ids = await system.insert(tally, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    for (const id of ids) await system.reaches(id, 'running');
    proxy.cut();
    assert.deepEqual(await system.settled(), { succeeded: 4 });
    await system.assertOnce([...warm, ...ids]);
  });

  it('counts a completion that was committed unheard once', async () => {
    await system.startWorker({ env: { DATABASE_URL: proxy.url, LEASE_MS: '5000' } });
    system.provider.hold();
    const [id = ''] = await system.insert(charge, [{ n: 1 }]);
    await eventually(() => assert.equal(system.provider.calls.length, 1));
    proxy.holdAnswers();
    system.provider.release();
    await system.reaches(id, 'succeeded');
    proxy.cut();
    const [next = ''] = await system.insert(charge, [{ n: 2 }]);
    await system.reaches(next, 'succeeded');
    assert.deepEqual(await system.attempts(id), []);
    assert.equal((await system.job(id)).attempt, 1);
    assert.equal(system.provider.calls.length, 2);
  });
});
