import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { type ModelSandbox, startModelSandbox } from '../../../ops/sandbox/model/server.ts';
import { createModelPort, ModelFailure, type ModelPort } from '../../../shared/ports/model.ts';
import { startCannedProvider } from '../../support/canned-provider.ts';
import { eventually } from '../../support/eventually.ts';

describe('shared/ports/model', () => {
  let sandbox: ModelSandbox;
  let port: ModelPort;
  beforeEach(async () => {
    sandbox = await startModelSandbox({ apiKey: 'sk-right' });
    port = createModelPort({ url: sandbox.url, apiKey: 'sk-right', model: sandbox.model });
  });
  afterEach(() => sandbox.stop());

  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 18 }, verdict: { enum: ['no', 'yes'] } },
    required: ['name', 'age', 'verdict'],
    additionalProperties: false,
  };

  it('answers a text, the model’s name and the time it took', async () => {
    const { result, model, latencyMs } = await port.complete({ prompt: 'Who goes there?' });
    assert.equal(result, 'The sandbox has read "Who goes there?" and 0 images.');
    assert.equal(model, sandbox.model);
    assert.ok(Number.isInteger(latencyMs) && latencyMs >= 0);
  });

  it('answers JSON of the shape that was asked for, the same to the same', async () => {
    const ask = () => port.complete({ prompt: 'Ana is 7, no: 34 years old', responseJsonSchema: schema });
    const { result } = await ask();
    assert.deepEqual(result, { name: 'Ana is 7, no: 34 years old', age: 34, verdict: 'no' });
    assert.deepEqual((await ask()).result, result);
  });

  it('sends images along, byte for byte', async () => {
    const content = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x7f]);
    await port.complete({ prompt: 'What is it?', images: [{ contentType: 'image/jpeg', content }] });
    const sha256 = createHash('sha256').update(content).digest('hex');
    const [asked] = sandbox.state().completions;
    assert.deepEqual(asked?.images, [{ contentType: 'image/jpeg', bytes: 5, sha256 }]);
    assert.equal(asked?.prompt, 'What is it?');
  });

  const cases = [
    ['rate_limit', 'retry', 'rate_limit_exceeded', 429],
    ['server_error', 'retry', 'http_500', 500],
    ['drop', 'retry', 'connection', null],
    ['timeout', 'retry', 'timeout', null],
    ['out_of_quota', 'misconfigured', 'insufficient_quota', 429],
    ['garbage', 'failed', 'invalid_answer', 200],
    ['prose', 'failed', 'not_json', 200],
    ['off_schema', 'failed', 'off_schema', 200],
    ['refusal', 'failed', 'refusal', 200],
    ['cut_short', 'failed', 'length', 200],
  ] as const;
  for (const [fault, outcome, code, status] of cases) {
    it(`says ${outcome} for ${fault}, after one request and no more`, async () => {
      sandbox.arm({ fault });
      const timeoutMs = fault === 'timeout' ? 200 : undefined;
      const failure = await failureOf(port.complete({ prompt: 'x', responseJsonSchema: schema, timeoutMs }));
      assert.deepEqual([failure.outcome, failure.code, failure.status], [outcome, code, status]);
      assert.equal(sandbox.state().completions.length, 1);
    });
  }

  it('holds JSON that fits in outline only to the whole of the shape', async () => {
    const good = { name: 'a', age: 20, verdict: 'yes' };
    const wrong = [
      { ...good, age: '20' },
      { ...good, age: 20.5 },
      { ...good, verdict: 'maybe' },
      { ...good, more: 1 },
      { name: 'a' },
      [good],
      null,
    ];
    for (const content of [good, ...wrong]) {
      sandbox.arm({ fault: 'says', content: JSON.stringify(content) });
      const asking = port.complete({ prompt: 'x', responseJsonSchema: schema });
      if (content === good) assert.deepEqual((await asking).result, good);
      else assert.equal((await failureOf(asking)).code, 'off_schema', JSON.stringify(content));
    }
  });

  it('says misconfigured for a wrong key or address, and tells the key in no failure', async () => {
    const apiKey = 'sk-wrong-secret';
    const ask = (url: string) => failureOf(createModelPort({ url, apiKey, model: 'm' }).complete({ prompt: 'x' }));
    const wrongKey = await ask(sandbox.url);
    assert.deepEqual([wrongKey.outcome, wrongKey.code, wrongKey.status], ['misconfigured', 'invalid_api_key', 401]);
    const { url } = await startModelSandbox().then(async open => (await open.stop(), open));
    const silence = await ask(url);
    assert.deepEqual([silence.outcome, silence.code], ['retry', 'connection']);
    for (const seen of [wrongKey, silence]) assert.ok(!inspect(seen, { depth: 9 }).includes(apiKey));
    assert.throws(
      () => createModelPort({ url, apiKey: 'two\nlines', model: 'm' }),
      (error: Error) => !error.message.includes('two'),
    );
    const elsewhere = createModelPort({ url: sandbox.url.replace('/v1', '/v7'), apiKey: 'sk-right', model: 'm' });
    assert.equal((await failureOf(elsewhere.complete({ prompt: 'x' }))).outcome, 'misconfigured');
  });

  it('gives up on answers that never end, hang, or lead elsewhere', async () => {
    const answers: ((res: ServerResponse) => void)[] = [
      res => res.writeHead(200).write('{"choices":'),
      res => res.end(`{"choices":[{"message":{"content":"${'x'.repeat(1_100_000)}"}}]}`),
      res => res.writeHead(307, { location: '/elsewhere' }).end(),
      res => res.end('{"choices":[]}'),
    ];
    const canned = await startCannedProvider(res => answers[canned.requests.length - 1]?.(res));
    const own = createModelPort({ url: canned.url, model: 'm', timeoutMs: 1000 });
    const codes: string[] = [];
    for (const _ of answers) codes.push((await failureOf(own.complete({ prompt: 'x' }))).code);
    await canned.stop();
    assert.deepEqual(codes, ['timeout', 'invalid_answer', 'connection', 'invalid_answer']);
    assert.equal(canned.requests.length, answers.length);
    assert.equal(canned.requests[0]?.headers.authorization, undefined);
  });

  it('ends its wait when the signal does', async () => {
    sandbox.arm({ fault: 'slow', delayMs: 3_600_000 });
    const controller = new AbortController();
    const failing = failureOf(port.complete({ prompt: 'x', signal: controller.signal }));
    await eventually(() => assert.equal(sandbox.state().completions.length, 1));
    controller.abort();
    const failure = await failing;
    assert.deepEqual([failure.outcome, failure.code], ['retry', 'aborted']);
  });
});

async function failureOf(call: Promise<unknown>): Promise<ModelFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ModelFailure) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}
