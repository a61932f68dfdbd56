import assert from 'node:assert/strict';
import { countFailures, type FailureCount } from '../../../db/core/live-counts.ts';
import { listSnapshots } from '../../../db/core/snapshots.ts';
import type { FailuresSnapshot } from '../../../ops/snapshots/failures.ts';
import { groupFailures, sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { Rows } from '../actions/rows.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 15, 8, minute));

function counted(over: Partial<FailureCount>): FailureCount {
  const times = { firstAt: at(0), lastAt: at(1), lastId: 'first', lastMessage: 'At first.' };
  return {
    kind: 'transfer',
    code: 'unavailable',
    isFinal: true,
    hour: 23,
    jobs: 1,
    owners: 1,
    anOwner: 'system',
    ...times,
    ...over,
  };
}

describe('groups of failures', () => {
  it('hold all jobs of one kind and code, the failed apart from those that are tried again', () => {
    const [group, ...others] = groupFailures([
      counted({ jobs: 3, hour: 22 }),
      counted({ jobs: 4, isFinal: false }),
      counted({ jobs: 5, hour: -1 }),
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual([group!.failed, group!.retrying], [8, 4]);
    assert.deepEqual(group!.hours.slice(-3), [0, 3, 4]);
    assert.equal(group!.hours.length, 24);
  });

  it('speak with the words of the newest failure, and know the first and the last', () => {
    const [group] = groupFailures([
      counted({ firstAt: at(5), lastAt: at(9), lastId: 'newest', lastMessage: 'At last.' }),
      counted({ firstAt: at(2), lastAt: at(3) }),
    ]);
    assert.deepEqual(
      [group!.lastId, group!.message, group!.firstAt, group!.lastAt],
      ['newest', 'At last.', at(2).toISOString(), at(9).toISOString()],
    );
  });

  it('are kept apart by kind and by code, the biggest first', () => {
    const groups = groupFailures([
      counted({ code: 'a b', kind: 'c' }),
      counted({ code: 'b', kind: 'c a' }),
      counted({ jobs: 2, kind: 'z' }),
    ]);
    assert.deepEqual(
      groups.map(({ kind, code }) => [kind, code]),
      [
        ['z', 'unavailable'],
        ['c', 'a b'],
        ['c a', 'b'],
      ],
    );
  });

  describe('of a database', () => {
    let rows: Rows;

    before(async function () {
      this.timeout(120_000);
      rows = await Rows.open();
      let owner = 'marketplace/zoe';
      const insert = (state: string, hoursAgo: number, retriedAs: string | null = null) =>
        rows.db.none(
          `insert into core.jobs (id, kind, version, area, owner, max_attempts, payload, request_id, state, due_at, fault, created_at, finished_at, retried_as)
          select gen_random_uuid(), 'noop', 1, 'core', $4, 5, '{}', gen_random_uuid(), $1, case when $1 = 'pending' then now() end,
            '{"code": "unavailable", "message": "Away."}', at, case when $1 <> 'pending' then at end, $3
          from (select now() - $2 * interval '1 hour' as at) moment`,
          [state, hoursAgo, retriedAs, owner],
        );
      await insert('failed', 0);
      owner = 'service/test';
      await insert('failed', 2);
      await insert('failed', 23);
      await insert('failed', 48);
      await insert('pending', 0);
      owner = 'nobody/else';
      await insert('cancelled', 0);
      await insert('failed', 0, rows.worker);
      await rows.post();
    });
    after(() => rows.close());

    it('leave out what was cancelled or posted anew, and count what is older into no hour', async () => {
      await sampleFailuresOnce({ db: rows.db, metrics: createMetrics({ process: 'test' }) });
      const { groups } = (await listSnapshots(rows.db))[0]!.body as FailuresSnapshot;
      assert.deepEqual(
        groups.map(({ kind, code, failed, retrying, message, owners }) => ({
          kind,
          code,
          failed,
          retrying,
          message,
          owners,
        })),
        [{ kind: 'noop', code: 'unavailable', failed: 4, retrying: 1, message: 'Away.', owners: 2 }],
      );
      const { hours } = groups[0]!;
      assert.deepEqual([hours[23], hours[21], hours[0]], [2, 1, 1]);
      assert.equal(
        hours.reduce((sum, jobs) => sum + jobs, 0),
        4,
      );
    });

    it('are counted no further than they were told', async () => {
      const jobs = (await countFailures(rows.db, 2)).reduce((sum, row) => sum + row.jobs, 0);
      assert.ok(jobs <= 2);
    });
  });
});
