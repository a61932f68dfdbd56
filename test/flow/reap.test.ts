import assert from 'node:assert/strict';
import { reapOnce } from '../../ops/ticker/reap.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';

const dayMs = 86_400_000;

describe('flow: old jobs', function () {
  this.timeout(120_000);
  let system: System;

  before(async () => {
    system = await System.open({ env: { KEEP_JOBS_MS: String(30 * dayMs) } });
  });
  after(() => system.close());

  /** A copy of a finished job as if made and ended so many days ago. */
  const copy = async (id: string, madeDays: number, endedDays: number | null) => {
    const older = uuidV7(Date.now() - madeDays * dayMs);
    await system.db.none(
      `insert into core.jobs (id, kind, version, area, owner, state, attempt, max_attempts, payload, request_id, created_at, finished_at, due_at)
      select $2, kind, version, area, owner, $3, attempt, max_attempts, payload, request_id, now() - $4 * interval '1 day',
        now() - $5 * interval '1 day', case when $5 is null then now() + interval '1 day' end
      from core.jobs where id = $1`,
      [id, older, endedDays === null ? 'pending' : 'failed', madeDays, endedDays],
    );
    await system.db.none(
      "insert into core.job_attempts (job_id, claim_no, attempt, outcome) values ($1, 1, 1, 'failed')",
      [older],
    );
    return older;
  };

  it('go with their attempts when their time is over, and live or younger ones stay', async () => {
    await system.startWorker();
    const [fresh = ''] = await system.insert(tally, [{ n: 1 }]);
    await system.reaches(fresh, 'succeeded');
    const gone = await Promise.all([copy(fresh, 40, 31), copy(fresh, 60, 59)]);
    const kept = [fresh, ...(await Promise.all([copy(fresh, 40, 29), copy(fresh, 40, null), copy(fresh, 29, 28)]))];
    assert.equal(await reapOnce(system.spine), false);
    const left = await system.db.any<{ id: string }>('select id from core.jobs order by id');
    assert.deepEqual(
      left.map(row => row.id),
      kept.toSorted(),
    );
    const { n } = await system.db.one<{ n: number }>(
      'select count(*) as n from core.job_attempts where job_id = any($1::uuid[])',
      [gone],
    );
    assert.equal(n, 0);
  });
});
