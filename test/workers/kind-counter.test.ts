import assert from 'node:assert/strict';
import { durationAt, noStats } from '../../shared/kind-stats.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { KindCounter } from '../../workers/kind-counter.ts';
import { RunningJob, RunningJobs } from '../../workers/running.ts';

const claimed: RunningJob['job'] = {
  id: uuidV7(),
  kind: 'tally',
  version: 1,
  area: 'core',
  owner: 'system',
  tenant: null,
  attempt: 1,
  maxAttempts: 4,
  claimNo: 1,
  payload: {},
  requestId: uuidV7(),
  trace: null,
  createdAt: new Date(0),
  startedAt: new Date(0),
  worker: uuidV7(),
};

describe('the counter of what a worker does', () => {
  it('counts ended attempts by kind and outcome, and durations of successes alone', () => {
    const counter = new KindCounter(new RunningJobs());
    counter.ended('tally', 'succeeded', 40);
    counter.ended('tally', 'failed', 90_000);
    counter.ended('tally', 'retried', 90_000);
    counter.ended('charge', 'succeeded', 700);
    const { tally, charge } = counter.read();
    assert.deepEqual([tally!.succeeded, tally!.failed, tally!.retried], [1, 1, 1]);
    assert.deepEqual([charge!.succeeded, charge!.failed, charge!.retried], [1, 0, 0]);
    assert.equal(durationAt(tally!.durations, 1), 50);
    assert.equal(durationAt(charge!.durations, 1), 1_000);
  });

  it('counts what runs now anew at each reading', () => {
    const running = new RunningJobs();
    const counter = new KindCounter(running);
    const entry = new RunningJob(claimed);
    running.add(entry);
    assert.equal(counter.read()['tally']?.running, 1);
    assert.equal(counter.read()['tally']?.running, 1);
    running.remove(entry);
    assert.equal(counter.read()['tally']?.running, 0);
  });

  it('begins anew under a new lease, so that nothing is counted under both', () => {
    const counter = new KindCounter(new RunningJobs());
    counter.ended('tally', 'succeeded', 40);
    counter.reset();
    assert.deepEqual(counter.read(), {});
    counter.ended('tally', 'failed', 40);
    assert.deepEqual(counter.read(), { tally: { ...noStats(), failed: 1 } });
  });
});
