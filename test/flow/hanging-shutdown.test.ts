import assert from 'node:assert/strict';
import { startProxy, type Proxy } from '../../ops/faults/proxy.ts';
import { eventually } from '../support/eventually.ts';
import { tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

describe('flow: SIGTERM while the database says nothing', function () {
  // Whoever waits for the database here waits for ever.
  this.timeout(40_000);
  let system: System;
  let proxy: Proxy;

  before(async function () {
    this.timeout(120_000);
    system = await System.open();
    proxy = await startProxy(system.env['DATABASE_URL'] as string);
  });
  after(async () => {
    await proxy.stop();
    await system.close();
  });

  it('does not keep a worker from ending, with the code of a failure', async () => {
    const child = await system.startProcess(undefined, { DATABASE_URL: proxy.url, SHUTDOWN_GRACE_MS: '0' });
    system.provider.hold();
    await system.insert(tally, [{ n: 1, call: true }]);
    await eventually(() => assert.equal(system.provider.calls.length, 1));
    // Its transaction is open, and nobody will hear that it is to be rolled back.
    proxy.holdAll();
    assert.equal(await child.end('SIGTERM'), 1);
    assert.match(child.output(), /the shutdown was not done within/);
  });
});
