import assert from 'node:assert/strict';
import { z } from 'zod';
import { defineJob } from '../../shared/job.ts';
import { register } from '../../workers/registry.ts';
import { eventually } from '../support/eventually.ts';
import { allBrokers, describeFlow } from '../support/flow-broker.ts';
import { System } from '../support/system.ts';

const common = {
  kind: 'greet',
  summary: 'Greets.',
  area: 'core',
  effect: 'remote',
  result: z.strictObject({ greeting: z.string() }),
  jobsPerMessage: 25,
  concurrency: 5,
  timeoutMs: 5_000,
  retry: { attempts: 2, firstDelayMs: 10, factor: 1, maxDelayMs: 10, jitter: 0 },
  access: { post: ['service'], see: 'owner', cancel: 'owner' },
} as const;
const old = defineJob({ ...common, version: 1, payload: z.strictObject({ name: z.string() }) });
const present = defineJob({
  ...common,
  version: 2,
  payload: z.strictObject({ first: z.string(), last: z.string() }),
  upgrade: payload => {
    const { name } = z.object({ name: z.string() }).parse(payload);
    const [first = '', last = ''] = name.split(' ');
    return { first, last };
  },
});
const oldHandler = register(old, async (_, { name }) => ({ greeting: `Hello ${name}` }));
const presentHandler = register(present, async (_, { first, last }) => ({ greeting: `Dear ${first} ${last}` }));

describeFlow(allBrokers, 'payloads of another version', function (broker) {
  this.timeout(120_000);
  let system: System;

  beforeEach(async () => {
    system = await System.open({ broker, kinds: [present], handlers: [presentHandler] });
  });
  afterEach(() => system.close());

  it('upgrades an older one by its spec', async () => {
    const [id = ''] = await system.insert(old, [{ name: 'Ada Lovelace' }]);
    assert.equal((await system.job(id)).version, 1);
    await system.startWorker();
    const job = await system.reaches(id, 'succeeded');
    assert.deepEqual([job.result, job.attempt], [{ greeting: 'Dear Ada Lovelace' }, 1]);
  });

  it('fails an older one that its spec can not upgrade, without trying again', async () => {
    const [id = ''] = await system.insert(old, [{ name: 'Ada' }]);
    await system.db.none(`update core.jobs set payload = '{}' where id = $1`, [id]);
    await system.startWorker();
    const job = await system.reaches(id, 'failed');
    assert.deepEqual([job.fault?.code, job.attempt], ['invalid_payload', 1]);
  });

  it('gives a newer one back unspent until a newer worker comes', async () => {
    const aged = await system.startWorker({ kinds: [old], handlers: [oldHandler] });
    const [id = ''] = await system.insert(present, [{ first: 'Ada', last: 'Lovelace' }]);
    await eventually(async () => assert.equal((await system.job(id)).claimNo, 1));
    const back = await system.reaches(id, 'pending');
    assert.deepEqual([back.attempt, back.fault], [0, null]);
    // It waits a few seconds for a newer build to come up.
    assert.ok(back.dueAt !== null && back.dueAt.getTime() > Date.now());
    await aged.stop();

    await system.startWorker();
    const job = await system.reaches(id, 'succeeded');
    assert.deepEqual([job.result, job.attempt, job.claimNo], [{ greeting: 'Dear Ada Lovelace' }, 1, 2]);
    assert.deepEqual(
      (await system.attempts(id)).map(({ outcome, fault }) => [outcome, fault]),
      [['released', null]],
    );
  });
});
