import assert from 'node:assert/strict';
import { connectDatabase } from '../../../db/connect.ts';
import { getBulk, proposeRedrive, stopBulk } from '../../../ops/actions/bulk.ts';
import { retryJob } from '../../../ops/actions/retry-job.ts';
import { runBulkOnce } from '../../../ops/ticker/run-bulk.ts';
import { eventually } from '../../support/eventually.ts';
import { countRetries, insertFailed, runToEnd } from '../actions/failed-jobs.ts';
import { operator, Rows } from '../actions/rows.ts';

describe('redriving many jobs', function () {
  this.timeout(120_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());
  let code = 'broken';
  let tests = 0;
  beforeEach(() => {
    tests += 1;
    code = `broken_${tests}`;
  });

  const failing = () => ({ state: 'failed', fault: { code, message: 'It broke later.' } }) as const;
  const propose = () => proposeRedrive(rows, { kind: 'noop', code }, operator);
  const retriedAs = async (id: string) =>
    (await rows.db.one<{ retriedAs: string | null }>('select retried_as from core.jobs where id = $1', [id])).retriedAs;
  const countNew = async (ids: readonly string[]) =>
    (
      await rows.db.one<{ jobs: number }>(
        'select count(distinct fresh.id) as jobs from core.jobs old join core.jobs fresh on fresh.id = old.retried_as where old.id = any($1::uuid[])',
        [ids],
      )
    ).jobs;

  it('posts what failed anew, tries at once what waits for its next attempt, and touches nothing else', async () => {
    const ids = await insertFailed(rows, 3, { code });
    const [waiting] = await insertFailed(rows, 1, { code, state: 'pending' });
    const others = [
      ...(await insertFailed(rows, 1, { code: 'other' })),
      ...(await insertFailed(rows, 1, { code, kind: 'noop-local' })),
      ...(await insertFailed(rows, 1, { code, state: 'cancelled' })),
    ];
    const { id, total } = await propose();
    assert.equal(total, 4);
    rows.sent.length = 0;
    const bulk = await runToEnd(rows, id);
    assert.deepEqual([bulk.state, bulk.done, bulk.skipped, bulk.failed, bulk.lastError], ['done', 4, 0, 0, null]);
    assert.equal(await countNew(ids), 3);
    assert.ok((await rows.job(waiting!)).dueAt!.getTime() <= Date.now());
    assert.equal(rows.sent.length, 4);
    assert.deepEqual(await countRetries(rows, others), [0, 0, 0]);
    const { action, actor, reason, subject } = (await rows.lastAudit())!;
    assert.deepEqual([action, actor, reason, subject], ['bulk.done', operator.actor, operator.reason, id]);
  });

  it('does each job once while two tickers believe that they lead', async () => {
    const ids = await insertFailed(rows, 100, { code });
    const waiting = await insertFailed(rows, 50, { code, state: 'pending' });
    const { id } = await propose();
    const other = connectDatabase({ url: rows.url, maxConnections: 2, applicationName: 'test-second' });
    try {
      const ends = await Promise.all([runToEnd(rows, id), runToEnd({ ...depsOf(rows), db: other }, id)]);
      assert.deepEqual(
        ends.map(end => end.state),
        ['done', 'done'],
      );
    } finally {
      await other.$pool.end();
    }
    const { done, skipped, failed: impossible } = await getBulk(rows, id);
    assert.deepEqual([done, skipped, impossible], [150, 0, 0]);
    assert.equal(await countNew(ids), 100);
    assert.deepEqual([...new Set(await countRetries(rows, [...ids, ...waiting]))], [1]);
    assert.equal((await audits(rows, id)).filter(action => action === 'bulk.done').length, 1);
  });

  it('tries a waiting job at once only once, even if it has failed again before the other ticker comes to it', async () => {
    const [id] = await insertFailed(rows, 1, { code, state: 'pending' });
    const bulk = await propose();
    await runBulkOnce(rows);
    await rows.end(id!, { state: 'pending', why: 'retry', delayMs: 3_600_000, fault: { code, message: 'Again.' } });
    // As a ticker would see it that read the action before.
    await rows.db.none('update core.bulk_actions set next_before = null where id = $1', [bulk.id]);
    const { done } = await runToEnd(rows, bulk.id);
    assert.equal(done, 1);
    assert.deepEqual(await countRetries(rows, [id!]), [1]);
  });

  it('stops after the job that is under way, and what it says is done is done', async () => {
    const ids = await insertFailed(rows, 150, { code });
    const { id } = await propose();
    const running = runToEnd(rows, id);
    await eventually(async () => assert.ok((await getBulk(rows, id)).done > 3), { intervalMs: 1 });
    const stopped = await stopBulk(rows, { id }, { actor: 'console/bob' });
    await running;
    assert.equal(await runBulkOnce(rows), false);
    const after = await getBulk(rows, id);
    assert.deepEqual([after.state, after.stoppedBy, after.done], ['stopped', 'console/bob', stopped.done]);
    assert.ok(after.done < 150);
    assert.equal(await countNew(ids), after.done);
    assert.deepEqual(await audits(rows, id), ['bulk.propose', 'bulk.stop']);
  });

  it('goes on where a killed ticker was, and does no job twice', async () => {
    const ids = await insertFailed(rows, 60, { code });
    const { id } = await propose();
    const doomed = connectDatabase({ url: rows.url, maxConnections: 1, applicationName: 'test-doomed' });
    // It is killed in the middle of a job: while it waits for the row that somebody else holds.
    await rows.db.tx(async tx => {
      await tx.one('select id from core.jobs where id = $1 for update', [ids[40]]);
      const killed = assert.rejects(runBulkOnce({ ...depsOf(rows), db: doomed }));
      await eventually(async () => {
        const ended = await rows.db.any(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-doomed' and wait_event_type = 'Lock'",
        );
        assert.equal(ended.length, 1);
      });
      await killed;
    });
    await doomed.$pool.end();
    assert.deepEqual([(await getBulk(rows, id)).done, await countNew(ids)], [19, 19]);
    const { done, skipped, state } = await runToEnd(rows, id);
    assert.deepEqual([state, done, skipped], ['done', 60, 0]);
    assert.deepEqual([...new Set(await countRetries(rows, ids))], [1]);
  });

  it('counts a job that cannot be retried, says why, and does the rest', async () => {
    const ids = await insertFailed(rows, 4, { code });
    await rows.db.none('update core.jobs set version = 99 where id = $1', [ids[2]]);
    const { id } = await propose();
    const { state, done, failed: impossible, lastError } = await runToEnd(rows, id);
    assert.deepEqual([state, done, impossible], ['done', 3, 1]);
    assert.match(lastError ?? '', /newer build/);
    assert.equal(await retriedAs(ids[2]!), null);
  });

  it('leaves alone what somebody retried meanwhile, and counts it as skipped', async () => {
    const ids = await insertFailed(rows, 3, { code });
    const { id } = await propose();
    await retryJob(rows, { id: ids[1]! }, { actor: 'console/bob' });
    const { done, skipped } = await runToEnd(rows, id);
    assert.deepEqual([done, skipped], [2, 1]);
    assert.deepEqual(await countRetries(rows, ids), [1, 1, 1]);
  });

  it('does not touch what fails after it was proposed: a redriven job that fails again is a new failure', async () => {
    const [id] = await insertFailed(rows, 1, { code });
    const late = await rows.post();
    const bulk = await propose();
    await rows.end(late, failing());
    await runBulkOnce(rows);
    const again = (await retriedAs(id!))!;
    await rows.end(again, failing());
    const { done, total } = await runToEnd(rows, bulk.id);
    assert.deepEqual([done, total], [1, 1]);
    assert.deepEqual(await countRetries(rows, [late, again]), [0, 0]);
    assert.equal((await propose()).total, 2);
  });
});

function depsOf({ dispatch, catalog, config }: Rows) {
  return { dispatch, catalog, config };
}

async function audits(rows: Rows, subject: string): Promise<string[]> {
  const entries = await rows.db.any<{ action: string }>(
    'select action from core.audit where subject = $1 order by id',
    [subject],
  );
  return entries.map(entry => entry.action);
}
