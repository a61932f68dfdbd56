import assert from 'node:assert/strict';
import { markQueued } from '../../db/core/relay.ts';
import { relayOnce } from '../../workers/relay.ts';
import { drainOnce } from '../../ops/ticker/drain.ts';
import type { Settlement } from '../../db/settle.ts';
import { decodeNudge } from '../../shared/message.ts';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { nudge, take } from '../support/wire.ts';

describeFlow(allBrokers, 'nudges that the broker gives up', function (broker) {
  this.timeout(120_000);
  let system: System;
  const settled: [string, Settlement][] = [];

  before(async () => {
    const settle = async (_: unknown, job: { id: string }, settlement: Settlement) =>
      void settled.push([job.id, settlement]);
    system = await System.open({ broker, settlers: new Map([[charge.kind, settle]]) });
  });
  after(() => system.close());

  /** Takes the next message and rejects it, as a broker does at its limit; answers what it said. */
  const kill = async (kind: string) => {
    const message = await take(system, kind);
    await message.reject();
    return decodeNudge(kind, message.body);
  };
  const drain = () =>
    eventually(async () => {
      const before = await deadSoFar();
      await drainOnce(system.spine);
      assert.ok((await deadSoFar()) > before);
    });
  const deadSoFar = async () =>
    (await system.spine.metrics.deadLetters.get()).values.reduce((sum, { value }) => sum + value, 0);
  const relay = () => relayOnce({ ...system.spine, db: system.spine.spineDb });

  it('send their jobs on alone, none of them failed', async () => {
    const ids = await system.insert(tally, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    assert.equal((await kill('tally'))?.jobs.length, 3);
    await drain();
    // The broker's confirm of the dead message is noted late, and comes to nothing.
    await markQueued(
      system.db,
      ids.map(id => ({ id, claimNo: 0 })),
    );
    for (const id of ids) {
      const job = await system.job(id);
      assert.deepEqual([job.state, job.isolate, job.attempt], ['pending', true, 0]);
    }
    await relay();
    const worker = await system.startWorker({ env: { WORKER_KINDS: 'tally' } });
    assert.deepEqual(await system.settled(), { succeeded: 3 });
    await system.assertOnce(ids);
    await worker.stop();
  });

  it('fail a job that dies twice while it travels alone, with the reason, and settle it', async () => {
    const [id = ''] = await system.insert(charge, [{ n: 4 }]);
    assert.equal((await kill('charge'))?.isolate, false);
    await drain();
    for (const state of ['pending', 'failed']) {
      assert.equal((await system.job(id)).state, 'pending');
      await relay();
      assert.deepEqual(await kill('charge'), { kind: 'charge', jobs: [{ id, attempt: 0 }], isolate: true });
      await drain();
      assert.equal((await system.job(id)).state, state);
    }
    const { fault } = await system.job(id);
    assert.deepEqual([fault?.code, fault?.cause], ['dead_lettered', 'rejected']);
    assert.deepEqual(
      settled.map(([job, { state }]) => [job, state]),
      [[id, 'failed']],
    );
    assert.equal(system.provider.callsOf(id).length, 0);
  });

  it('mean nothing to a job that has ended', async () => {
    const [id = ''] = await system.insert(tally, [{ n: 5 }]);
    const message = await take(system, 'tally');
    const worker = await system.startWorker({ env: { WORKER_KINDS: 'tally' } });
    await nudge(system, 'tally', [{ id, attempt: 0 }]);
    const done = await system.reaches(id, 'succeeded');
    await message.reject();
    await drain();
    assert.deepEqual(await system.job(id), done);
    await worker.stop();
  });
});
