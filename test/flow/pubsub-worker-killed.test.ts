import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { charge } from '../support/kinds.ts';
import { PubsubServer } from '../support/pubsub-server.ts';
import { System } from '../support/system.ts';

const projectId = 'flow';

describe('flow: a worker killed with messages of Pub/Sub in hand', function () {
  this.timeout(120_000);
  let server: PubsubServer;
  let system: System;

  before(async () => {
    server = await PubsubServer.start();
    system = await System.open({
      brokerUrl: `pubsub://${projectId}`,
      env: { PUBSUB_EMULATOR_HOST: server.host },
    });
    await system.startTicker();
  });
  after(async () => {
    await system.close();
    server.stop();
  });

  it('loses none of its jobs and lets none take effect twice, those that it had not begun included', async () => {
    const first = await system.startProcess();
    const edge = await system.startEdge();
    system.provider.hold();
    // Three messages: one whose jobs run, two in the worker's hands.
    const remote = await system.insert(
      charge,
      Array.from({ length: 3 * charge.jobsPerMessage }, (_, n) => ({ n })),
    );
    await eventually(() => assert.equal(system.provider.calls.length, charge.concurrency));
    await eventually(() => assert.equal(server.books.depth(`projects/${projectId}/subscriptions/jobs.charge`).held, 2));
    const posted = await Promise.all(Array.from({ length: 8 }, (_, n) => edge.post('tally', { n, call: true })));
    const local = posted.map(({ status, body }) => {
      assert.equal(status, 202);
      return body.id as string;
    });
    await eventually(() => assert.equal(system.provider.calls.length, charge.concurrency + local.length));

    await first.end('SIGKILL');
    await eventually(() => assert.equal(server.depth(projectId, 'charge').consumers, 0));
    server.expireLeases();
    const second = await system.startProcess();
    system.provider.release();

    assert.deepEqual(await system.settled(30_000), { succeeded: remote.length + local.length });
    await system.assertOnce(local);
    assert.deepEqual(system.provider.effects().sort(), [...local, ...remote].sort());
    const { rescued } = await system.db.one<{ rescued: number }>(
      "select count(*) as rescued from core.job_attempts where outcome = 'rescued'",
    );
    assert.equal(rescued, charge.concurrency + local.length);
    assert.equal(await second.end('SIGTERM'), 0);
  });
});
