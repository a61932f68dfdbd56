import assert from 'node:assert/strict';
import { type ModelSandbox, startModelSandbox } from '../../../../ops/sandbox/model/server.ts';

type Body = Record<string, unknown>;

describe('ops/sandbox/model', () => {
  let sandbox: ModelSandbox;
  before(async () => {
    sandbox = await startModelSandbox();
  });
  after(() => sandbox.stop());

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(new URL(path, sandbox.url), init);
    return { status: response.status, body: (await response.json()) as Body };
  };
  const fill = async (schema: object, content: unknown): Promise<unknown> => {
    const format = { type: 'json_schema', json_schema: { name: 'result', schema } };
    const request = { model: 'any', messages: [{ role: 'user', content }], response_format: format };
    const { body } = await call('POST', '/v1/chat/completions', request);
    const [choice] = body['choices'] as { message: { content: string } }[];
    return JSON.parse(choice?.message.content ?? '');
  };

  it('lists its model and answers in OpenAI’s words', async () => {
    assert.deepEqual((await call('GET', '/v1/models')).body['data'], [{ id: sandbox.model, object: 'model' }]);
    const messages = [{ role: 'user', content: 'Hello' }];
    const { body } = await call('POST', '/v1/chat/completions', { model: 'any', messages });
    assert.deepEqual([body['object'], body['model']], ['chat.completion', 'any']);
    const image = { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } };
    for (const wrong of [
      {},
      { model: 'm', messages: [] },
      { model: 'm', messages: [{ role: 'user', content: [image] }] },
    ])
      assert.equal((await call('POST', '/v1/chat/completions', wrong)).status, 400);
    assert.equal((await call('POST', '/v1/embeddings', {})).status, 404);
  });

  it('fills a schema from the prompt, and is sure of nothing that the prompt does not say', async () => {
    const schema = {
      type: 'object',
      properties: {
        matches: { type: 'boolean' },
        confidence: { type: 'number', minimum: 0, maximum: 1 },
        due: { type: 'string', format: 'date' },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' }, minItems: 2 },
        next: { anyOf: [{ type: 'null' }, { $ref: '#' }] },
      },
      $defs: { tag: { enum: ['red', 'blue'] } },
    };
    const unsure = (await fill(schema, 'Is it a red helmet?')) as Body;
    assert.deepEqual([unsure['matches'], unsure['confidence'], unsure['tags']], [false, 0, ['red', 'red']]);
    const sure = (await fill(schema, 'Say yes, with 0.9, by 2027-03-04')) as Body;
    assert.deepEqual([sure['matches'], sure['confidence'], sure['due']], [true, 0.9, '2027-03-04']);
    const names = Array.from({ length: 8 }, (_, index) => [`p${index}`, { $ref: '#' }] as const);
    const endless = { type: 'object', properties: Object.fromEntries(names) };
    assert.equal(Object.keys((await fill(endless, 'x')) as Body).length, 8);
  });

  it('says what it is told to, once, to the prompt that is meant', async () => {
    const said = { fault: 'says', content: { a: 1 }, match: { prompt: 'badge' } };
    assert.equal((await call('POST', '/_sandbox/faults', said)).status, 201);
    assert.deepEqual(await fill({ type: 'object' }, 'a hat'), {});
    assert.deepEqual(await fill({ type: 'object' }, [{ type: 'text', text: 'a badge' }]), { a: 1 });
    assert.deepEqual(await fill({ type: 'object' }, 'a badge'), {});
    assert.equal((await call('POST', '/_sandbox/faults', { fault: 'meteorite' })).status, 400);
    const { completions } = (await call('GET', '/_sandbox/state')).body as { completions: Body[] };
    assert.equal(completions.at(-1)?.['prompt'], 'a badge');
    assert.equal((await call('DELETE', '/_sandbox/faults', undefined, { origin: 'http://evil.example' })).status, 403);
  });
});
