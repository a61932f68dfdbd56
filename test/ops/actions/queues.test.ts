import assert from 'node:assert/strict';
import {
  listQueues,
  pauseAllQueues,
  pauseQueue,
  resetConcurrency,
  resumeAllQueues,
  resumeQueue,
  setConcurrency,
} from '../../../ops/actions/queues.ts';
import { MemoryBroker } from '../../../shared/broker/memory.ts';
import { operator, Rows } from './rows.ts';

describe('operators and queues', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());

  async function noopQueue(broker: MemoryBroker | null = null) {
    const { queues } = await listQueues({ db: rows.db, catalog: rows.catalog, broker });
    return queues.find(queue => queue.kind === 'noop');
  }

  it('lists every kind, with what waits in rows beside what the broker has', async () => {
    await rows.post();
    await rows.post();
    const broker = new MemoryBroker();
    await broker.publish([{ kind: 'noop', body: Buffer.from('{}') }]);
    const queue = await noopQueue(broker);
    assert.deepEqual([queue?.waiting, queue?.ready, queue?.consumers], [2, 1, 0]);
    const { queues, capped } = await listQueues({ db: rows.db, catalog: rows.catalog, broker });
    assert.deepEqual(
      queues.map(({ kind }) => kind),
      [...rows.catalog.keys()],
    );
    assert.equal(capped, false);
  });

  it('says nothing of a broker that it was not given', async () => {
    assert.deepEqual([(await noopQueue())?.ready, (await noopQueue())?.consumers], [null, null]);
  });

  it('pauses, resumes and sets concurrency, each with its trace', async () => {
    await pauseQueue(rows, { kind: 'noop' }, operator);
    assert.equal((await noopQueue())?.paused, true);
    assert.equal((await rows.lastAudit())?.action, 'queue.pause');
    await setConcurrency(rows, { kind: 'noop', concurrency: 3 }, operator);
    assert.deepEqual((await rows.lastAudit())?.details, { concurrency: 3 });
    await resumeQueue(rows, { kind: 'noop' }, operator);
    const queue = await noopQueue();
    assert.deepEqual([queue?.paused, queue?.concurrency, queue?.concurrencySet], [false, 3, true]);
  });

  it('goes back to the spec’s concurrency, and leaves the rest as it is', async () => {
    await setConcurrency(rows, { kind: 'noop', concurrency: 3 }, operator);
    await pauseQueue(rows, { kind: 'noop' }, operator);
    await resetConcurrency(rows, { kind: 'noop' }, operator);
    const queue = await noopQueue();
    assert.deepEqual([queue?.paused, queue?.concurrency, queue?.concurrencySet], [true, 200, false]);
    await resumeQueue(rows, { kind: 'noop' }, operator);
    assert.deepEqual(await resetConcurrency(rows, { kind: 'transfer' }, operator), {
      kind: 'transfer',
      paused: false,
      concurrency: null,
    });
  });

  it('pauses and resumes everything, and says which kinds that changed', async () => {
    await pauseQueue(rows, { kind: 'noop' }, operator);
    const others = [...rows.catalog.keys()].filter(kind => kind !== 'noop').sort();
    assert.deepEqual((await pauseAllQueues(rows, operator)).sort(), others);
    assert.deepEqual(await pauseAllQueues(rows, operator), []);
    assert.deepEqual((await resumeAllQueues(rows, operator)).sort(), [...others, 'noop'].sort());
    assert.equal((await rows.lastAudit())?.action, 'queue.resume-all');
  });

  it('refuses a concurrency that cannot be', async () => {
    for (const concurrency of [0, 1_001, 1.5])
      await assert.rejects(setConcurrency(rows, { kind: 'noop', concurrency }, operator), { code: 'invalid' });
  });

  it('refuses a kind that does not exist', async () => {
    await assert.rejects(async () => pauseQueue(rows, { kind: 'nope' }, operator), { code: 'not_found' });
  });
});
