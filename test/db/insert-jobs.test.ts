import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { insertJob, insertJobs } from '../../db/insert-job.ts';
import { transact } from '../../db/transact.ts';
import { transfer } from '../../shared/jobs/transfer.ts';
import type { DueJob } from '../../shared/message.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

describe('db/insert-job: many at once', function () {
  this.timeout(120_000);
  const order = { owner: 'system', requestId: randomUUID() };
  const published: DueJob[] = [];
  let database: TestDatabase;
  let db: Database;
  before(async () => {
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 2, applicationName: 'test' });
  });
  after(async () => {
    await db.$pool.end();
    await database.drop();
  });
  beforeEach(() => published.splice(0));

  const deps = () => ({ db, dispatch: { send: (jobs: readonly DueJob[]) => void published.push(...jobs) } });
  const insert = (ids: readonly string[], more: object = {}) =>
    transact(deps(), tx =>
      insertJobs(
        tx,
        transfer,
        ids.map(transferId => ({ transferId })),
        { ...order, ...more },
      ),
    );

  it('inserts each, and publishes them once they are committed', async () => {
    const subjects = [randomUUID(), randomUUID(), randomUUID()];
    const ids = await insert(subjects);
    const rows = await db.any('select id, payload from core.jobs where id = any($1::uuid[])', [ids]);
    assert.deepEqual(rows.map(row => row.payload.transferId).sort(), subjects.toSorted());
    assert.deepEqual(published.map(job => job.id).sort(), ids.toSorted());
  });

  it('leaves out what a live job is about already', async () => {
    const [held, free] = [randomUUID(), randomUUID()];
    await transact(deps(), tx => insertJob(tx, transfer, { transferId: held }, order));
    published.splice(0);
    const ids = await insert([held, free]);
    assert.equal(ids.length, 1);
    const { payload } = await db.one('select payload from core.jobs where id = $1', [ids[0]]);
    assert.deepEqual(payload, { transferId: free });
    assert.deepEqual(
      published.map(job => job.id),
      ids,
    );
  });

  it('publishes nothing that is to wait, and inserts nothing for nobody', async () => {
    assert.equal((await insert([randomUUID()], { delayMs: 60_000 })).length, 1);
    assert.deepEqual(await insert([]), []);
    assert.deepEqual(published, []);
  });
});
