import assert from 'node:assert/strict';
import { raiseAlert } from '../../../db/core/alerts.ts';
import { putSnapshot } from '../../../db/core/snapshots.ts';
import { listQueues, pauseQueue } from '../../../ops/actions/queues.ts';
import { readStatus } from '../../../ops/actions/status.ts';
import { Sampler } from '../../../ops/ticker/sampler.ts';
import { MemoryBroker } from '../../../shared/broker/memory.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { operator, Rows } from './rows.ts';

describe('how the system stands', function () {
  this.timeout(60_000);
  let rows: Rows;
  const broker = new MemoryBroker();
  const leader = { name: 'host:1', since: '2026-11-26T08:00:00.000Z' };
  before(async () => {
    rows = await Rows.open();
    await rows.post();
    await rows.post();
    await raiseAlert(rows.db, { kind: 'payment_mismatch', subject: 'an order', details: {} });
  });
  after(async () => {
    await rows.close();
    await broker.close();
  });

  const read = () => readStatus({ db: rows.db, broker: null });
  const noop = async () => {
    const view = await listQueues({ db: rows.db, catalog: rows.catalog, broker: null });
    return { ...view.queues.find(({ kind }) => kind === 'noop'), ageS: view.ageS };
  };

  it('is counted while nobody has led', async () => {
    const { leader: nobody, ageS, loops, waiting, openAlerts, workers } = await read();
    assert.deepEqual([nobody, ageS, loops, waiting, openAlerts, workers.length], [null, null, [], 2, 1, 1]);
    assert.deepEqual([(await noop()).waiting, (await noop()).running, (await noop()).ageS], [2, null, null]);
  });

  it('is what the leader saw, without a look at the jobs', async () => {
    const sampler = new Sampler({
      ...rows,
      broker,
      metrics: createMetrics({ process: 'test' }),
      leader: () => leader,
      loops: () => [],
    });
    await sampler.sample();
    await rows.post(); // not seen yet
    const { leader: seen, ageS, waiting, openAlerts, broker: theirs } = await read();
    assert.deepEqual([seen, waiting, openAlerts], [leader, 2, 1]);
    assert.ok(ageS !== null && ageS < 30);
    assert.deepEqual(theirs, { name: 'memory', problem: null });
    assert.deepEqual([(await noop()).waiting, (await noop()).running, (await noop()).ready], [2, 0, 0]);
  });

  it('tells at once what operators have set, whatever the leader saw', async () => {
    await pauseQueue(rows, { kind: 'noop' }, operator);
    assert.equal((await noop()).paused, true);
  });

  it('is counted again once nobody has led for half a minute', async () => {
    await rows.db.none("update core.snapshots set at = now() - interval '31 s'");
    const { leader: nobody, waiting } = await read();
    assert.deepEqual([nobody, waiting, (await noop()).waiting], [null, 3, 3]);
    await putSnapshot(rows.db, { name: 'failures', tookMs: 1, body: { groups: [] } });
    assert.equal((await read()).leader, null);
  });
});
