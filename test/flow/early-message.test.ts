import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { newJob, writeJobs } from '../../db/core/job-insert.ts';
import { insertJob } from '../../db/insert-job.ts';
import { transact } from '../../db/transact.ts';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { tally } from '../support/kinds.ts';
import { System, type TestWorker } from '../support/system.ts';
import { nudge } from '../support/wire.ts';

describeFlow(allBrokers, 'a message before its commit is visible', function (broker) {
  this.timeout(120_000);
  const order = { owner: 'service/test', requestId: randomUUID() };
  let system: System;
  let worker: TestWorker;

  before(async () => {
    system = await System.open({ broker });
    worker = await system.startWorker();
  });
  after(() => system.close());

  /** Sends a job's nudge and waits until the worker has looked for the job in vain. */
  const nudgeInVain = async (id: string) => {
    const before = await misses();
    await nudge(system, 'tally', [{ id, attempt: 0 }]);
    await eventually(async () => assert.ok((await misses()) > before, 'the worker has not looked yet'));
  };
  const misses = async () => {
    const { values } = await worker.spine.metrics.claims.get();
    return values.find(({ labels }) => labels.kind === 'tally' && labels.claimed === 'false')?.value ?? 0;
  };

  it('is made good by the publish that follows the commit', async () => {
    const id = await transact({ db: system.spine.db, dispatch: system.spine.dispatch }, async tx => {
      const inserted = await insertJob(tx, tally, { n: 1 }, order);
      await nudgeInVain(inserted.id);
      return inserted.id;
    });
    assert.equal((await system.reaches(id, 'succeeded', 4_000)).attempt, 1);
    await system.assertOnce([id]);
  });

  it('is made good by the relay when nobody publishes after the commit', async () => {
    const job = newJob(tally, { n: 2 }, order);
    await system.spine.db.tx(async tx => {
      await writeJobs(tx, [job]);
      await nudgeInVain(job.id);
    });
    assert.equal((await system.reaches(job.id, 'succeeded')).attempt, 1);
    await system.assertOnce([job.id]);
  });
});
