import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { serveEdge, type Answer, type ServedEdge } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { handlers, kinds, release } from './kinds.ts';

describe('the idempotency of posted jobs', function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let token: string;

  before(async () => {
    served = await serveEdge({ kinds, handlers });
    token = await served.key();
  });

  after(() => served.stop());

  const post = (path: string, body: unknown, key: string, headers: Record<string, string> = {}): Promise<Answer> =>
    served.call('POST', path, { token, body, headers: { 'idempotency-key': key, ...headers } });

  async function jobsOf(key: string): Promise<number> {
    return (await served.db.one<{ n: number }>('select count(*) as n from core.jobs where idem_key = $1', [key])).n;
  }

  it('answers a repeated key with the original job, and says so', async () => {
    const key = randomUUID();
    const first = await post('/jobs/noop', { a: 1 }, key);
    const second = await post('/jobs/noop', { a: 1 }, key);
    assert.equal(first.status, 202);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    assert.equal(second.status, 202);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
    assert.equal(second.body.id, first.body.id);
    assert.equal(second.headers.get('location'), first.headers.get('location'));
    assert.equal(await jobsOf(key), 1);
  });

  it('shows the original job as it now stands', async () => {
    const key = randomUUID();
    const first = await post('/jobs/noop', { a: 1 }, key);
    await eventually(async () => {
      const again = await post('/jobs/noop', { a: 1 }, key);
      assert.equal(again.body.status, 'succeeded');
      assert.deepEqual(again.body.result, { a: 1 });
      assert.equal(again.body.id, first.body.id);
      assert.equal(again.body.requestId, first.body.requestId);
      assert.equal(again.headers.get('retry-after'), null);
    });
  });

  it('makes one job of fifty concurrent posts with one key', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('/jobs/noop', { a: 1 }, key)));
    assert.deepEqual([...new Set(answers.map(answer => answer.status))], [202]);
    assert.equal(new Set(answers.map(answer => answer.body.id)).size, 1);
    assert.equal(answers.filter(answer => answer.headers.get('idempotent-replayed') === 'true').length, 49);
    assert.equal(await jobsOf(key), 1);
  });

  it('makes one job for each of many keys that are posted twice at the same moment', async () => {
    const keys = Array.from({ length: 100 }, () => randomUUID());
    const answers = await Promise.all([...keys, ...keys].map(key => post('/jobs/noop', { key }, key)));
    assert.ok(answers.every(answer => answer.status === 202));
    assert.equal(new Set(answers.map(answer => answer.body.id)).size, 100);
  });

  it('takes the same payload with its fields in another order for the same request', async () => {
    const key = randomUUID();
    const first = await post('/jobs/noop', { a: 1, b: { c: 2, d: 3 } }, key);
    const second = await post('/jobs/noop', { b: { d: 3, c: 2 }, a: 1 }, key);
    assert.equal(second.body.id, first.body.id);
  });

  it('refuses a key that was used for another payload, another kind, or another query', async () => {
    const key = randomUUID();
    await post('/jobs/noop', { a: 1 }, key);
    for (const [path, body] of [
      ['/jobs/noop', { a: 2 }],
      ['/jobs/noop-local', { a: 1 }],
      ['/jobs/noop?x=1', { a: 1 }],
      ['/jobs/noop', {}],
    ] as const) {
      const answer = await post(path, body, key);
      assert.equal(answer.status, 422, `${path} ${JSON.stringify(body)}`);
      assert.equal(answer.body.code, 'IDEMPOTENCY_CONFLICT');
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
    }
    assert.equal(await jobsOf(key), 1);
  });

  it('lets exactly one of two different payloads win a race for a key', async () => {
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post('/jobs/noop', { side: index % 2 }, key)),
    );
    const won = answers.filter(answer => answer.status === 202);
    const lost = answers.filter(answer => answer.status === 422);
    assert.equal(won.length, 10);
    assert.equal(lost.length, 10);
    assert.equal(await jobsOf(key), 1);
  });

  it('gives each actor keys of its own', async () => {
    const key = randomUUID();
    const first = await post('/jobs/noop', { a: 1 }, key);
    const other = await served.call('POST', '/jobs/noop', {
      token: await served.key(),
      body: { a: 2 },
      headers: { 'idempotency-key': key },
    });
    assert.equal(other.status, 202);
    assert.notEqual(other.body.id, first.body.id);
  });

  it('stores nothing for a request that did not end well: the key may be used again', async () => {
    const key = randomUUID();
    assert.equal((await post('/jobs/unique', { subject: 5 }, key)).status, 400);
    assert.equal((await post('/jobs/no-such-kind', {}, key)).status, 404);
    const answer = await post('/jobs/noop', { a: 1 }, key);
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get('idempotent-replayed'), null);
  });

  it('replays before it looks at the subject: a repeat is no duplicate', async () => {
    const key = randomUUID();
    const subject = randomUUID();
    const first = await post('/jobs/unique', { subject }, key);
    const again = await post('/jobs/unique', { subject }, key);
    assert.equal(again.status, 202);
    assert.equal(again.body.id, first.body.id);
    assert.equal((await post('/jobs/unique', { subject }, randomUUID())).status, 409);
    await eventually(async () => {
      release(first.body.id);
      assert.equal((await post('/jobs/unique', { subject }, key)).body.status, 'succeeded');
    });
  });

  it('waits for the original job when a repeat prefers that', async () => {
    const key = randomUUID();
    await post('/jobs/noop', { a: 1 }, key);
    const again = await post('/jobs/noop', { a: 1 }, key, { prefer: 'wait=20' });
    assert.equal(again.status, 200);
    assert.equal(again.body.status, 'succeeded');
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
  });

  for (const [title, key] of [
    ['longer than 255 characters', 'k'.repeat(256)],
    ['with a space inside', 'a b'],
    ['with a character beyond ASCII', 'clé'],
  ] as const) {
    it(`refuses a key ${title}`, async () => {
      const answer = await post('/jobs/noop', {}, key);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.code, 'INVALID_IDEMPOTENCY_KEY');
    });
  }

  it('takes a key of 255 visible characters, and an empty one for none', async () => {
    assert.equal((await post('/jobs/noop', {}, '~'.repeat(255))).status, 202);
    const [first, second] = [await post('/jobs/noop', {}, ''), await post('/jobs/noop', {}, '')];
    assert.notEqual(first.body.id, second.body.id);
  });

  it('answers a repeated cancel with the first answer', async () => {
    const { body } = await served.call('POST', '/jobs/stubborn', { token, body: {} });
    const key = randomUUID();
    const first = await post(`/jobs/${body.id}/cancel`, undefined, key);
    const again = await post(`/jobs/${body.id}/cancel`, undefined, key);
    assert.deepEqual([first.status, again.status], [200, 200]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(again.body, first.body);
    const other = await served.call('POST', '/jobs/stubborn', { token, body: {} });
    const clash = await post(`/jobs/${other.body.id}/cancel`, undefined, key);
    assert.equal(clash.status, 422);
    assert.equal(clash.body.code, 'IDEMPOTENCY_CONFLICT');
  });

  it('refuses a key for a cancel that was used for a post', async () => {
    const key = randomUUID();
    const { body } = await post('/jobs/stubborn', {}, key);
    const clash = await post(`/jobs/${body.id}/cancel`, undefined, key);
    assert.equal(clash.status, 422);
  });

  it('says that a first request is still under way, and when to come back', async () => {
    const { body } = await served.call('POST', '/jobs/stubborn', { token, body: {} });
    const { owner } = await served.db.one<{ owner: string }>('select owner from core.jobs where id = $1', [body.id]);
    const key = randomUUID();
    await served.db.tx(async tx => {
      // What the edge does for a first request, whose transaction is still open.
      const { tryLockKey } = await import('../../../db/core/idempotency.ts');
      assert.ok(await tryLockKey(tx, { surface: 'jobs', actor: owner, key }));
      const answer = await post(`/jobs/${body.id}/cancel`, undefined, key);
      assert.equal(answer.status, 409);
      assert.equal(answer.body.code, 'IDEMPOTENCY_IN_PROGRESS');
      assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    });
    assert.equal((await post(`/jobs/${body.id}/cancel`, undefined, key)).status, 200);
  });

  it('keeps the key for as long as the job is kept', async () => {
    const key = randomUUID();
    const first = await post('/jobs/noop', { a: 1 }, key);
    await served.db.none("update core.jobs set created_at = now() - interval '25 hours' where id = $1", [
      first.body.id,
    ]);
    assert.equal((await post('/jobs/noop', { a: 1 }, key)).body.id, first.body.id);
  });
});
