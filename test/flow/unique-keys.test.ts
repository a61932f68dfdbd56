import assert from 'node:assert/strict';
import { z } from 'zod';
import { defineJob } from '../../shared/job.ts';
import { register } from '../../workers/registry.ts';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { charge } from '../support/kinds.ts';
import { System, type TestEdge } from '../support/system.ts';

const single = defineJob({
  ...charge,
  kind: 'single',
  payload: z.strictObject({ about: z.string() }),
  result: z.strictObject({}),
  uniqueKey: ({ about }) => `single:${about}`,
});

describeFlow(allBrokers, 'work of which one may be under way', function (broker) {
  this.timeout(120_000);
  let system: System;
  let edge: TestEdge;

  before(async () => {
    system = await System.open({ broker, kinds: [single], handlers: [register(single, async () => ({}))] });
    edge = await system.startEdge();
  });
  after(() => system.close());

  it('is inserted once by fifty at a time, and again when it has ended', async () => {
    const inserted = await Promise.all(Array.from({ length: 50 }, () => system.insert(single, [{ about: 'one' }])));
    const [id = ''] = [...new Set(inserted.flat())];
    assert.deepEqual([...new Set(inserted.flat())], [id]);
    const posted = await Promise.all(Array.from({ length: 50 }, () => edge.post('single', { about: 'one' })));
    assert.deepEqual([...new Set(posted.map(({ status, body }) => `${status} ${body.code}`))], ['409 DUPLICATE_JOB']);
    await system.startWorker();
    await system.reaches(id, 'succeeded');
    const again = await edge.post('single', { about: 'one' });
    assert.equal(again.status, 202);
    await system.reaches(again.body.id as string, 'succeeded');
  });

  it('is accepted once by the edge of fifty at a time', async () => {
    const posted = await Promise.all(
      Array.from({ length: 50 }, () => edge.post('charge', { n: 1 }, { 'idempotency-key': 'same' })),
    );
    assert.deepEqual([...new Set(posted.map(answer => answer.status))], [202]);
    assert.equal(new Set(posted.map(answer => answer.body.id)).size, 1);
    await eventually(() => assert.equal(system.provider.calls.length, 1));
  });
});
