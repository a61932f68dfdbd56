import assert from 'node:assert/strict';
import { z } from 'zod';
import { Fault } from '../../shared/fault.ts';
import { defineJob } from '../../shared/job.ts';
import { openPayload, PayloadFromTheFuture } from '../../workers/payload.ts';

const spec = defineJob({
  kind: 'greeting',
  version: 3,
  summary: 'Greets.',
  area: 'core',
  effect: 'remote',
  payload: z.strictObject({ firstName: z.string().min(1) }),
  result: z.null(),
  upgrade: (payload, fromVersion) => {
    const { name } = payload as { name: string };
    return fromVersion === 1 ? { firstName: name.split(' ')[0] } : { firstName: name };
  },
  jobsPerMessage: 1,
  concurrency: 1,
  timeoutMs: 1_000,
  retry: { attempts: 1, firstDelayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0 },
  access: { post: [], see: 'operator', cancel: 'operator' },
});

describe('opening a payload', () => {
  it('hands on one of the present version', () => {
    assert.deepEqual(openPayload(spec, { version: 3, payload: { firstName: 'Ada' } }), { firstName: 'Ada' });
  });

  it('upgrades an older one from whichever version it has', () => {
    assert.deepEqual(openPayload(spec, { version: 1, payload: { name: 'Ada Lovelace' } }), { firstName: 'Ada' });
    assert.deepEqual(openPayload(spec, { version: 2, payload: { name: 'Ada' } }), { firstName: 'Ada' });
  });

  it('leaves a newer one to a newer build', () => {
    assert.throws(() => openPayload(spec, { version: 4, payload: {} }), PayloadFromTheFuture);
  });

  it('ends for good with one that no retry will mend', () => {
    for (const payload of [{ firstName: '' }, { firstName: 'Ada', extra: 1 }, null]) {
      assert.throws(
        () => openPayload(spec, { version: 3, payload }),
        (error: unknown) => error instanceof Fault && error.code === 'invalid' && error.reason === 'invalid_payload',
      );
    }
  });

  it('validates what an upgrade made', () => {
    assert.throws(() => openPayload(spec, { version: 1, payload: { name: '' } }), Fault);
  });
});
