import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertJob } from '../../db/insert-job.ts';
import { beginExport } from '../../db/marketplace/exports.ts';
import { loadSettlers } from '../../db/settlers.ts';
import { transact } from '../../db/transact.ts';
import { sweepFilesOnce } from '../../ops/ticker/sweep-files.ts';
import { userExport } from '../../shared/jobs/export.ts';
import { createFilesPort, type FilesPort } from '../../shared/ports/files.ts';
import { eventually } from '../support/eventually.ts';
import { sharedBrokers, describeFlow } from '../support/flow-broker.ts';
import { System } from '../support/system.ts';
import { unzip } from '../support/unzip.ts';

describeFlow(sharedBrokers, 'a worker killed half-way through an export', function (broker) {
  this.timeout(120_000);
  let system: System;
  let dir: string;
  let files: FilesPort;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-export-'));
    system = await System.open({
      broker,
      kinds: [userExport],
      settlers: loadSettlers({ transferRetryEnabled: true }),
      env: {
        DATA_DIR: dir,
        JWT_SECRET: 'a secret of thirty-two characters',
        ENCRYPTION_KEY: 'a secret of thirty-two characters',
        PUBLIC_URL: 'http://127.0.0.1:1',
        WORKER_KINDS: userExport.kind,
        // Not called here, but a process refuses to start without them.
        STRIPE_SECRET_KEY: 'sk_test_none',
        HYPERSWITCH_API_KEY: 'none',
        HYPERSWITCH_API_BASE: 'http://127.0.0.1:1',
        HYPERSWITCH_WEBHOOK_SECRET: 'a secret of thirty-two characters',
        SMTP_URL: 'smtp://127.0.0.1:1',
        FIREBASE_PROJECT_ID: 'none',
        CLERK_ISSUER: 'http://127.0.0.1:1',
        FIREBASE_API_KEY: 'none',
      },
    });
    files = createFilesPort({ url: undefined, dir: join(dir, 'files'), publicUrl: () => '', signingKeys: ['none'] });
    await system.startTicker();
  });
  after(async () => {
    await system.close();
    await rm(dir, { recursive: true });
  });

  const left = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of files.list(prefix)) keys.push(key);
    return keys;
  };

  it('is made whole by another worker, told of once, and leaves nothing behind', async () => {
    const { db } = system;
    const userId = randomUUID();
    await db.none(
      `insert into marketplace.users (id, username, email, password_hash) values ($1, 'zoe', 'zoe@example.com', 'none');
      insert into marketplace.products (id, seller_id, title, description, price_cents, currency, type)
      select gen_random_uuid(), $1, 'Product ' || n, (select string_agg(gen_random_uuid()::text, ' ') from generate_series(1, 50) where n > 0), 1, 'EUR', 'x'
      from generate_series(1, 1000) n;
      insert into marketplace.notifications (id, user_id, type, title, body) values (gen_random_uuid(), $1, 'test', 'Told before', '')`,
      [userId],
    );
    const { exportId, jobId } = await transact({ db: system.spine.db, dispatch: system.spine.dispatch }, async tx => {
      const { id } = await beginExport(tx, userId);
      const order = { owner: `marketplace/${userId}`, requestId: randomUUID() };
      return { exportId: id, jobId: (await insertJob(tx, userExport, { exportId: id }, order)).id };
    });
    const half = await db.tx(async barrier => {
      // What is read in the middle is out of reach: the worker stands still with half of the archive written.
      await barrier.none('lock table marketplace.cloud_file_versions in access exclusive mode');
      const worker = await system.startProcess('workers/main.ts');
      const unfinished = await eventually(async () => {
        const { n } = await barrier.one<{ n: number }>(
          'select count(*) as n from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())',
        );
        assert.equal(n, 1);
        const keys = await left('tmp/');
        assert.equal(keys.length, 1);
        assert.ok((await stat(join(dir, 'files', keys[0] as string))).size > 500_000);
        return keys;
      });
      await worker.end('SIGKILL');
      return unfinished;
    });
    await system.startProcess('workers/main.ts');
    await system.reaches(jobId, 'succeeded', 30_000);

    const row = await db.one('select status, sha256, size_bytes, file_key from marketplace.exports where id = $1', [
      exportId,
    ]);
    const archive = await readFile(join(dir, 'files', row.fileKey));
    assert.deepEqual(
      [row.status, row.sizeBytes, row.sha256],
      ['ready', archive.length, createHash('sha256').update(archive).digest('hex')],
    );
    const entries = await unzip(archive);
    const linesOf = (path: string) =>
      entries
        .find(entry => entry.path === path)
        ?.content.toString()
        .split('\n').length;
    assert.deepEqual([linesOf('products.jsonl'), linesOf('notifications.jsonl')], [1001, 2]);
    const [lost, ...more] = await system.attempts(jobId);
    assert.deepEqual([lost?.outcome, lost?.fault?.code, more.length], ['rescued', 'worker_lost', 0]);
    const told = await db.any("select data from marketplace.notifications where type like 'export%'");
    assert.deepEqual(
      told.map(({ data }) => data.export_id),
      [exportId],
    );

    assert.deepEqual(await left('exports/'), [row.fileKey]);
    assert.deepEqual(await left('tmp/'), half);
    await sweepFilesOnce({ db, log: system.spine.log, ports: { files } }, Date.now() + 25 * 3_600_000);
    assert.deepEqual(await left(''), [row.fileKey]);
  });
});
