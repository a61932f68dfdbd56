import assert from 'node:assert/strict';
import { listQueues, pauseQueue, resumeQueue, setConcurrency } from '../../../ops/actions/queues.ts';
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

  it('refuses a kind that does not exist', async () => {
    await assert.rejects(async () => pauseQueue(rows, { kind: 'nope' }, operator), { code: 'not_found' });
  });
});
