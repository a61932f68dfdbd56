import assert from 'node:assert/strict';
import {
  approveBulk,
  findRedrivable,
  listBulks,
  previewRedrive,
  proposeRedrive,
  stopBulk,
} from '../../../ops/actions/bulk.ts';
import { runBulkOnce } from '../../../ops/ticker/run-bulk.ts';
import { loadCatalog } from '../../../shared/catalog.ts';
import { noop } from '../../../shared/jobs/noop.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { countRetries, insertFailed, runToEnd } from './failed-jobs.ts';
import { operator, Rows } from './rows.ts';

const bob = { actor: 'bob@example.com' };

describe('actions on many jobs', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());
  /** The same, where `noop` moves money. */
  const costly = () => {
    const { db, dispatch, config } = rows;
    return { db, dispatch, config, catalog: new Map(rows.catalog).set('noop', { ...noop, movesMoney: true }) };
  };
  const count = async (filter: Parameters<typeof previewRedrive>[1]) => (await previewRedrive(rows, filter)).total;

  it('counts exactly what a filter would touch, and shows the newest of it', async () => {
    const day = (date: number) => Date.UTC(2026, 0, date);
    const at = [1, 2, 3, 4].map(date => uuidV7(day(date)));
    for (const id of at) await insertFailed(rows, 1, { id, code: 'counted', owner: 'service/a' });
    await insertFailed(rows, 4, { code: 'counted', owner: 'service/b', tenant: 'other' });
    await insertFailed(rows, 2, { code: 'counted', state: 'pending' });
    await insertFailed(rows, 3, { code: 'uncounted' });
    const all = { kind: 'noop', code: 'counted' };
    const { total, retrying, capped, movesMoney, sample } = await previewRedrive(rows, all);
    assert.deepEqual([total, retrying, capped, movesMoney, sample.length], [10, 2, false, false, 5]);
    assert.deepEqual(
      sample.map(job => job.id),
      sample
        .map(job => job.id)
        .toSorted()
        .toReversed(),
    );
    assert.equal(await count({ kind: 'noop' }), 13);
    assert.equal(await count({ ...all, owner: 'service/a' }), 4);
    assert.equal(await count({ ...all, tenant: 'other' }), 4);
    const [from, to] = [new Date(day(2)).toISOString(), new Date(day(4)).toISOString()];
    assert.equal(await count({ ...all, from, to }), 2);
    assert.equal(await count({ ...all, ids: [at[0]!, at[3]!, uuidV7()] }), 2);
    assert.equal(await count({ ...all, ids: at, from, to }), 2);
    assert.equal(await count({ kind: 'noop-local', code: 'counted' }), 0);
  });

  it('pages through what it would touch', async () => {
    const ids = await insertFailed(rows, 5, { code: 'paged' });
    await insertFailed(rows, 3, { code: 'between' });
    const seen: string[] = [];
    let beforeId: string | undefined;
    do {
      const page = await findRedrivable(rows, { kind: 'noop', code: 'paged' }, { beforeId, limit: 2 });
      seen.push(...page.jobs.map(job => job.id));
      beforeId = page.nextBeforeId ?? undefined;
    } while (beforeId);
    assert.deepEqual(seen, ids.toReversed());
  });

  it('takes no proposal without a reason, for an unknown kind, with a damaged filter, or for nothing', async () => {
    await insertFailed(rows, 1, { code: 'refused' });
    const filter = { kind: 'noop', code: 'refused' };
    await assert.rejects(proposeRedrive(rows, filter, { actor: 'ada', reason: ' ' }), { code: 'invalid' });
    await assert.rejects(proposeRedrive(rows, { kind: 'nothing' }, operator), { code: 'not_found' });
    await assert.rejects(proposeRedrive(rows, { ...filter, ids: ['x'] }, operator), { code: 'invalid' });
    await assert.rejects(proposeRedrive(rows, { ...filter, from: 'yesterday' }, operator), { code: 'invalid' });
    await assert.rejects(proposeRedrive(rows, { ...filter, owner: 'nobody' }, operator), { code: 'conflict' });
  });

  it('waits for a second operator where the kind moves money', async () => {
    const ids = await insertFailed(rows, 2, { code: 'costly' });
    const { id, state, movesMoney } = await proposeRedrive(costly(), { kind: 'noop', code: 'costly' }, operator);
    assert.deepEqual([state, movesMoney], ['proposed', true]);
    assert.equal(await runBulkOnce(costly()), false);
    assert.deepEqual(await countRetries(rows, ids), [0, 0]);
    await assert.rejects(approveBulk(rows, { id }, operator), { code: 'forbidden' });
    // Nor can anybody else's code let it run.
    for (const approver of [null, operator.actor])
      await assert.rejects(
        rows.db.none("update core.bulk_actions set state = 'running', approved_by = $2 where id = $1", [id, approver]),
        { constraint: 'bulk_actions_check' },
      );
    assert.equal((await approveBulk(rows, { id }, bob)).state, 'running');
    await assert.rejects(approveBulk(rows, { id }, bob), { code: 'conflict' });
    assert.equal((await runToEnd(costly(), id)).done, 2);
    const audit = await rows.db.any<{ action: string; actor: string; affected: number }>(
      'select action, actor, affected from core.audit where subject = $1 order by id',
      [id],
    );
    assert.deepEqual(audit, [
      { action: 'bulk.propose', actor: operator.actor, affected: 2 },
      { action: 'bulk.approve', actor: bob.actor, affected: 2 },
      { action: 'bulk.done', actor: operator.actor, affected: 2 },
    ]);
  });

  it('lets a proposal be withdrawn, and nothing that has ended be stopped', async () => {
    await insertFailed(rows, 1, { code: 'withdrawn' });
    const { id } = await proposeRedrive(costly(), { kind: 'noop', code: 'withdrawn' }, operator);
    assert.equal((await stopBulk(rows, { id }, operator)).state, 'stopped');
    await assert.rejects(stopBulk(rows, { id }, operator), { code: 'conflict' });
    await assert.rejects(approveBulk(rows, { id }, bob), { code: 'conflict' });
    await assert.rejects(stopBulk(rows, { id: uuidV7() }, operator), { code: 'not_found' });
    const [newest] = await listBulks(rows, { limit: 1 });
    assert.equal(newest?.id, id);
    assert.deepEqual(
      (await listBulks(rows, { beforeId: id, limit: 50 })).filter(row => row.id >= id),
      [],
    );
  });

  it('asks for approval of every kind that moves money', () => {
    const moving = [...loadCatalog({ echoKinds: true }).values()].filter(spec => spec.movesMoney);
    assert.deepEqual(moving.map(spec => spec.kind).toSorted(), [
      'payment-event',
      'refund',
      'transfer',
      'transfer-reversal',
    ]);
  });
});
