import assert from 'node:assert/strict';
import { listSchedules } from '../../../db/core/schedules.ts';
import { openSpine, type Spine } from '../../../db/spine.ts';
import { readSchedules, readStatus } from '../../../ops/actions/status.ts';
import { tick, tickVerbs } from '../../../ops/actions/tick.ts';
import { readConfig } from '../../../shared/config.ts';
import { operator, Rows } from './rows.ts';

describe('an operator’s tick', function () {
  this.timeout(60_000);
  let rows: Rows;
  let spine: Spine;
  before(async () => {
    rows = await Rows.open();
    const env = { DATABASE_URL: rows.url, BROKER_URL: 'memory:', LOG_LEVEL: 'silent', LEASE_MS: '1000' };
    spine = await openSpine({ config: readConfig(env), name: 'test' });
  });
  after(async () => {
    await spine.close();
    await rows.close();
  });

  it('runs each verb once, and no slot twice', async () => {
    const first = await tick(spine, { verbs: tickVerbs }, operator);
    assert.deepEqual(Object.keys(first), [...tickVerbs]);
    assert.match(first.schedule ?? '', /^fired /);
    assert.equal((await tick(spine, { verbs: ['schedule'] }, operator)).schedule, 'nothing due');
    assert.equal((await rows.lastAudit())?.action, 'tick');
    assert.ok((await listSchedules(rows.db)).length > 0);
  });

  it('rescues the jobs of a worker whose lease has run out', async () => {
    const id = await rows.post();
    await rows.claim(id);
    await rows.db.none("update core.workers set lease_until = now() - interval '1 s' where id = $1", [rows.worker]);
    await tick(spine, { verbs: ['rescue'] }, operator);
    const job = await rows.job(id);
    assert.deepEqual([job.state, job.attempt, job.isolate], ['pending', 1, true]);
  });

  it('shows every schedule with its last and next slot', async () => {
    const [schedule] = await readSchedules(rows);
    assert.ok(schedule?.lastSlot && schedule.lastSlot < schedule.nextSlot);
  });

  it('shows what waits, which workers live, and what the broker says', async () => {
    const status = await readStatus(spine);
    assert.deepEqual(status.broker, { name: 'memory', problem: null });
    assert.deepEqual(status.workers, []);
    assert.ok(status.waiting >= 1);
  });
});
