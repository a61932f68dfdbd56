import assert from 'node:assert/strict';
import { createServiceKey } from '../../db/core/service-keys.ts';
import { requeueOnce } from '../../ops/ticker/requeue.ts';
import { eventually } from '../support/eventually.ts';
import { tally } from '../support/kinds.ts';
import { PubsubServer } from '../support/pubsub-server.ts';
import { System } from '../support/system.ts';

const projectId = 'flow';

/** What the mains want to be told; no job of these tests goes there. */
const nowhere = {
  STRIPE_SECRET_KEY: 'sk_test_none',
  HYPERSWITCH_API_KEY: 'none',
  HYPERSWITCH_API_BASE: 'http://127.0.0.1:1',
  HYPERSWITCH_WEBHOOK_SECRET: 'a secret of thirty-two characters',
  SMTP_URL: 'smtp://127.0.0.1:1',
  FIREBASE_PROJECT_ID: 'none',
  FIREBASE_API_KEY: 'none',
  CLERK_ISSUER: 'http://127.0.0.1:1',
};

describe('flow: Pub/Sub that loses what it had', function () {
  this.timeout(120_000);
  let server: PubsubServer;
  let system: System;

  beforeEach(async () => {
    server = await PubsubServer.start();
    system = await System.open({
      brokerUrl: `pubsub://${projectId}`,
      env: { PUBSUB_EMULATOR_HOST: server.host, ...nowhere },
    });
  });
  afterEach(async () => {
    await system.close();
    server.stop();
  });

  async function states(): Promise<Record<string, number>> {
    const rows = await system.db.any<{ state: string; n: number }>(
      'select state, count(*) as n from core.jobs group by state',
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  }

  it('is not felt by clients, and every job that was in it or came meanwhile is done', async () => {
    const edge = await system.startProcess('edge/main.ts');
    const [url, opsUrl] = ['edge', 'ops'].map(name => new RegExp(`"${name}":"([^"]+)"`).exec(edge.output())?.[1]);
    // It serves before it has found the broker; what it takes until then waits for a worker's relay.
    await eventually(async () => assert.match(await (await fetch(`${opsUrl}/readyz`)).text(), /"ready"/));
    const { key } = await createServiceKey(system.db, { name: 'flow', kinds: ['*'], operator: false });
    const post = async (n: number) => {
      const response = await fetch(`${url}/jobs/noop`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ n }),
      });
      assert.equal(response.status, 202);
    };
    const postAll = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => post(n)));
    await postAll(60);
    await eventually(async () => assert.deepEqual(await states(), { queued: 60 }));
    server.stop();
    await postAll(30);
    server.wipe();
    await server.start();
    await postAll(10);
    const worker = await system.startProcess('workers/main.ts');
    assert.deepEqual(await system.settled(40_000), { succeeded: 100 });
    assert.equal(await worker.end('SIGTERM'), 0);
    assert.equal(await edge.end('SIGTERM'), 0);
  });

  it('is nudged again about a job that has been queued for very long', async () => {
    const ids = await system.insert(tally, [{ n: 1 }, { n: 2 }]);
    await eventually(async () => assert.deepEqual(await states(), { queued: 2 }));
    const subscription = `projects/${projectId}/subscriptions/jobs.tally`;
    const lost = server.books.take(subscription, 10, { held: 0 });
    server.books.acknowledge(
      subscription,
      lost.map(({ ackId }) => ackId as string),
    );
    const age = (minutes: number) =>
      system.db.none("update core.jobs set queued_at = queued_at - $1 * interval '1 minute'", [minutes]);
    const emptyBefore = new Set<string>();
    await age(10);
    for (let look = 0; look < 3; look += 1) await requeueOnce(system.spine, emptyBefore);
    assert.deepEqual(await states(), { queued: 2 }, 'nobody knows whether their message still waits');
    await age(10);
    await requeueOnce(system.spine, emptyBefore);
    assert.deepEqual(await states(), { pending: 2 });
    await system.startWorker();
    assert.deepEqual(await system.settled(), { succeeded: 2 });
    await system.assertOnce(ids);
  });
});
