import assert from 'node:assert/strict';
import { ModelFailure, type ModelPort } from '../../../shared/ports/model.ts';
import { checkAttire } from '../../../workers/verification/attire-check.ts';

const { signal } = new AbortController();
const picture = Buffer.from('a picture');
const rules = { garment: 'black shirt' };

function modelThat(complete: ModelPort['complete']): ModelPort {
  return { complete };
}

async function outcome(result: unknown): Promise<string> {
  const model = modelThat(async () => ({ result, model: 'eye', latencyMs: 1 }));
  const check = await checkAttire(picture, rules, model, signal);
  return [check.outcome, check.reason].filter(Boolean).join(' ');
}

describe('the attire check', () => {
  it('shows the model the picture and what is demanded', async () => {
    let asked: Parameters<ModelPort['complete']>[0] | undefined;
    const model = modelThat(async request => {
      asked = request;
      return { result: { verdict: 'worn', confidence: 0.9, reason: 'a black shirt' }, model: 'eye', latencyMs: 1 };
    });
    const check = await checkAttire(picture, rules, model, signal);
    assert.deepEqual([check.outcome, check.confidence, check.evidence.found], ['pass', 0.9, 'a black shirt']);
    assert.match(asked?.prompt ?? '', /"garment":"black shirt"/);
    assert.deepEqual(asked?.images, [{ contentType: 'image/jpeg', content: picture }]);
    assert.equal(asked?.signal, signal);
  });

  it('passes, fails or doubts as the model says, and doubts what is no answer', async () => {
    assert.equal(await outcome({ verdict: 'worn', confidence: 1, reason: '' }), 'pass');
    assert.equal(await outcome({ verdict: 'not_worn', confidence: 1, reason: '' }), 'fail other_attire');
    assert.equal(await outcome({ verdict: 'unsure', confidence: 1, reason: '' }), 'doubt attire_unclear');
    for (const wrong of [{ verdict: 'yes' }, 'worn', null, { verdict: 'worn', confidence: 7, reason: '' }])
      assert.equal(await outcome(wrong), 'doubt model_failed', JSON.stringify(wrong));
  });

  it('leaves it to a person without a model, or when it refuses; is tried again when the model is away', async () => {
    assert.equal((await checkAttire(picture, rules, undefined, signal)).reason, 'model_not_configured');
    const failing = (how: 'failed' | 'misconfigured' | 'retry') =>
      checkAttire(
        picture,
        rules,
        modelThat(() => Promise.reject(new ModelFailure(how, 'x', 400))),
        signal,
      );
    assert.equal((await failing('failed')).reason, 'model_failed');
    assert.equal((await failing('misconfigured')).reason, 'model_failed');
    await assert.rejects(failing('retry'), { name: 'ModelFailure' });
  });

  it('ends with the signal’s reason when it is aborted', async () => {
    const controller = new AbortController();
    const model = modelThat(() => {
      controller.abort(new Error('enough'));
      return Promise.reject(new ModelFailure('retry', 'aborted', null));
    });
    await assert.rejects(checkAttire(picture, rules, model, controller.signal), /enough/);
  });
});
