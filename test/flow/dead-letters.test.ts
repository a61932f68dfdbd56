import assert from 'node:assert/strict';
import { relayOnce } from '../../workers/relay.ts';
import { drainOnce } from '../../ops/ticker/drain.ts';
import type { Settlement } from '../../db/settle.ts';
import { decodeNudge } from '../../shared/message.ts';
import { eventually } from '../support/eventually.ts';
import { charge, tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { openWire, type Wire } from '../support/wire.ts';

describe('flow: nudges that the broker gives up', function () {
  this.timeout(120_000);
  let system: System;
  let wire: Wire;
  const settled: [string, Settlement][] = [];

  before(async () => {
    const settle = async (_: unknown, job: { id: string }, settlement: Settlement) =>
      void settled.push([job.id, settlement]);
    system = await System.open({ settlers: new Map([[charge.kind, settle]]) });
    wire = await openWire(system.env['BROKER_URL'] as string);
  });
  after(async () => {
    await wire.close();
    await system.close();
  });

  /** Takes the next message and rejects it, as a broker does at its limit; answers what it said. */
  const kill = async (kind: string) => {
    const message = await wire.take(kind);
    wire.channel.nack(message, false, false);
    return decodeNudge(kind, message.content);
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
    const message = await wire.take('tally');
    const worker = await system.startWorker({ env: { WORKER_KINDS: 'tally' } });
    await wire.nudge('tally', [{ id, attempt: 0 }]);
    const done = await system.reaches(id, 'succeeded');
    wire.channel.nack(message, false, false);
    await drain();
    assert.deepEqual(await system.job(id), done);
    await worker.stop();
  });
});
