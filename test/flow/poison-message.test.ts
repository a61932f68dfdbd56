import assert from 'node:assert/strict';
import { drainOnce } from '../../ops/ticker/drain.ts';
import { deadQueue } from '../../shared/broker/rabbitmq-topology.ts';
import { eventually } from '../support/eventually.ts';
import { tally } from '../support/kinds.ts';
import { System } from '../support/system.ts';
import { openWire, type Wire } from '../support/wire.ts';

const garbage = [
  Buffer.from([0xff, 0x00, 0xfe]),
  Buffer.from(''),
  Buffer.from('null'),
  Buffer.from('{"v":1}'),
  Buffer.from('{"v":1,"jobs":[["not-an-id",0]]}'),
  Buffer.from('{"v":1,"jobs":[["00000000-0000-7000-8000-000000000000","0"]]}'),
  Buffer.from('{"v":99,"jobs":[]}'),
  Buffer.alloc(100_000, '['),
];

describe('flow: messages that nobody of ours wrote', function () {
  this.timeout(120_000);
  let system: System;
  let wire: Wire;

  before(async () => {
    system = await System.open();
    wire = await openWire(system.env['BROKER_URL'] as string);
    await system.startWorker();
  });
  after(async () => {
    await wire.close();
    await system.close();
  });

  it('go to the dead letters and are thrown away there, and the jobs beside them run', async () => {
    const before = await system.insert(tally, [{ n: 1 }]);
    await Promise.all(garbage.map(body => wire.publish('tally', body)));
    const after = await system.insert(tally, [{ n: 2 }]);
    assert.deepEqual(await system.settled(), { succeeded: 2 });
    await system.assertOnce([...before, ...after]);
    const dead = async () => (await wire.channel.checkQueue(deadQueue)).messageCount;
    await eventually(async () => assert.equal(await dead(), garbage.length));
    await drainOnce(system.spine);
    assert.equal(await dead(), 0);
    const { values } = await system.spine.metrics.deadLetters.get();
    assert.equal(
      values.reduce((sum, { value }) => sum + value, 0),
      garbage.length,
    );
  });

  it('do no harm with numbers and ids that match no job', async () => {
    const ghost = '00000000-0000-7000-8000-000000000000';
    await wire.nudge('tally', [{ id: ghost, attempt: 0 }]);
    for (const attempt of [-1, 32_767, 32_768, 2 ** 31, 2 ** 53]) await wire.nudge('tally', [{ id: ghost, attempt }]);
    const [id = ''] = await system.insert(tally, [{ n: 3 }]);
    await system.reaches(id, 'succeeded');
    await system.assertOnce([id]);
  });
});
