import assert from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import { findServiceKey } from '../../../db/core/service-keys.ts';
import { listTransfers } from '../../../db/marketplace/transfers.ts';
import { openSpine, type Spine } from '../../../db/spine.ts';
import { startEdge, type Edge } from '../../../edge/server.ts';
import { demoPath, readDemoFile, writeDemoFile } from '../../../ops/demo-data/demo-file.ts';
import { signIn } from '../../../ops/demo-data/people.ts';
import { seedDemo } from '../../../ops/demo-data/seed-demo.ts';
import { readConfig } from '../../../shared/config.ts';
import { completeSecrets } from '../../../shared/made-secrets.ts';
import { startWorker } from '../../../workers/start.ts';
import type { Worker } from '../../../workers/worker.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { startOutside, type Outside } from '../../support/outside.ts';
import { runDirectory } from '../../support/run-directory.ts';

describe('the demo data', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let outside: Outside;
  let spine: Spine;
  let worker: Worker;
  let edge: Edge;
  let dataDir: string;

  before(async () => {
    database = await createDatabase();
    outside = await startOutside({ settleAfterMs: 50 });
    dataDir = await runDirectory('data');
    const env = {
      DATABASE_URL: database.url,
      BROKER_URL: 'memory:',
      HYPERSWITCH_WEBHOOK_SECRET: outside.hyperswitch.webhookSecret,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'silent',
      RELAY_EVERY_MS: '50',
    };
    spine = await openSpine({ config: completeSecrets(readConfig(env)), name: 'test' });
    const { ports } = outside;
    worker = await startWorker(spine, ports);
    edge = await startEdge(spine, ports);
    outside.setEdgeUrl(edge.url);
    outside.hyperswitch.setWebhookUrl(`${edge.url}/api/v1/webhooks/hyperswitch`);
  });
  after(async () => {
    await edge.stop(1_000);
    await worker.stop(1_000);
    await spine.close();
    await outside.stop();
    await database.drop();
  });

  const seed = () =>
    seedDemo({ spine, ports: outside.ports, dataDir, edge: edge.url, console: 'http://127.0.0.1:1', sandbox: outside });
  const statuses = async () => {
    const all = { status: null, sellerId: null, from: null, to: null };
    const { transfers } = await listTransfers(spine.db, all, { limit: 100, offset: 0 });
    return transfers.map(row => `${row.currency} ${row.amountCents} ${row.status}`).sort();
  };

  it('is work that really runs: transfers complete, one fails, one waits for its seller', async () => {
    await seed();
    await eventually(async () =>
      assert.deepEqual(await statuses(), [
        'EUR 10800 completed',
        'EUR 1350 pending',
        'EUR 1350 reversed',
        'EUR 2699 completed',
        'EUR 4095 completed',
        'GBP 4410 failed',
      ]),
    );
  });

  it('leaves a file, readable by its owner alone, with accounts that sign in and a key that may post', async () => {
    assert.equal(statSync(demoPath(dataDir)).mode & 0o777, 0o600);
    const demo = readDemoFile(demoPath(dataDir))!;
    for (const login of Object.values(demo.marketplace)) assert.ok((await signIn(edge.url, login)).token);
    assert.deepEqual((await findServiceKey(spine.db, demo.serviceKey))?.kinds, ['noop', 'noop-local']);
    assert.equal(demo.stripe, outside.stripe.url);
  });

  it('is made once: a later start only brings the addresses and tokens up to date', async () => {
    const first = readDemoFile(demoPath(dataDir))!;
    writeDemoFile(demoPath(dataDir), { ...first, edge: 'http://127.0.0.1:1' });
    const before = await statuses();
    const seeded = await seed();
    // People have signed in again, in the same tenant.
    const { workforce, fieldservice } = first;
    assert.equal(seeded?.fieldservice.tenantId, fieldservice.tenantId);
    assert.deepEqual({ ...seeded, workforce: { ...seeded?.workforce, staff: workforce.staff }, fieldservice }, first);
    assert.deepEqual(readDemoFile(demoPath(dataDir)), seeded);
    assert.deepEqual(await statuses(), before);
  });

  it('makes up no other passwords when the file is gone', async () => {
    rmSync(demoPath(dataDir));
    assert.equal(await seed(), null);
    assert.equal(readDemoFile(demoPath(dataDir)), null);
  });
});
