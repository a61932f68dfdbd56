import assert from 'node:assert/strict';
import { cancelJob, findJobs, showJob } from '../../../ops/actions/jobs.ts';
import { Fault } from '../../../shared/fault.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { failed, operator, Rows } from './rows.ts';

describe('operators and jobs', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());

  it('finds jobs newest first, page after page', async () => {
    // Two of one millisecond come in the order of their ids.
    const ids = [await rows.post(), await rows.post(), await rows.post()].sort();
    const first = await findJobs(rows, { kind: 'noop', limit: 2 });
    assert.deepEqual(
      first.jobs.map(job => job.id),
      [ids[2], ids[1]],
    );
    assert.equal(first.nextBeforeId, ids[1]);
    const second = await findJobs(rows, { kind: 'noop', limit: 2, beforeId: ids[1] });
    assert.deepEqual(
      second.jobs.map(job => job.id),
      [ids[0]],
    );
    assert.equal(second.nextBeforeId, null);
  });

  it('finds jobs by status, kind and owner', async () => {
    const id = await rows.post();
    await rows.end(id, failed);
    const ids = async (search: object) => (await findJobs(rows, { limit: 10, ...search })).jobs.map(job => job.id);
    assert.deepEqual(await ids({ status: 'failed' }), [id]);
    assert.deepEqual(await ids({ status: 'failed', kind: 'transfer' }), []);
    assert.deepEqual(await ids({ status: 'failed', owner: 'service/nobody' }), []);
    assert.deepEqual(await ids({ status: 'failed', owner: 'service/test' }), [id]);
  });

  it('shows a job with its ended attempts and its fault’s cause, and masks secrets', async () => {
    const id = await rows.post({ name: 'Ada', account: { password: 'hunter2' } });
    await rows.end(id, { state: 'pending', why: 'retry', delayMs: 0, fault: { code: 'away', message: 'It is away.' } });
    await rows.end(id, failed);
    const { job, attempts } = await showJob(rows, id);
    assert.deepEqual(job.payload, { name: 'Ada', account: { password: '[redacted]' } });
    assert.equal(job.fault?.cause, 'a cause');
    assert.deepEqual(
      attempts.map(attempt => [attempt.attempt, attempt.outcome]),
      [
        [1, 'retry'],
        [2, 'failed'],
      ],
    );
  });

  it('knows no job of a made-up id', async () => {
    await assert.rejects(showJob(rows, uuidV7()), { code: 'not_found' });
    await assert.rejects(cancelJob(rows, { id: uuidV7() }, operator), { code: 'not_found' });
  });

  it('cancels a waiting job at once and leaves its trace', async () => {
    const id = await rows.post();
    assert.equal((await cancelJob(rows, { id }, operator)).state, 'cancelled');
    assert.equal((await rows.job(id)).fault?.code, 'cancelled');
    const audit = await rows.lastAudit();
    assert.deepEqual(
      [audit?.actor, audit?.action, audit?.subject, audit?.reason],
      ['cli/ada', 'job.cancel', id, 'a test'],
    );
  });

  it('asks the worker of a running job to stop it', async () => {
    const id = await rows.post();
    await rows.claim(id);
    const job = await cancelJob(rows, { id }, operator);
    assert.deepEqual([job.state, job.cancelRequested], ['running', true]);
  });

  it('refuses to cancel what has ended, and then leaves no trace', async () => {
    const id = await rows.post();
    await rows.end(id, failed);
    await assert.rejects(cancelJob(rows, { id }, operator), (error: unknown) => {
      assert.ok(error instanceof Fault);
      assert.equal(error.code, 'conflict');
      return true;
    });
    assert.notEqual((await rows.lastAudit())?.subject, id);
  });
});
