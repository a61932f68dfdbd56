import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { serveEdge, type Answer, type ServedEdge } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { handlers, kinds } from './kinds.ts';

interface Item {
  payload?: unknown;
  idempotencyKey?: unknown;
}

describe('posting a batch', function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let token: string;

  before(async () => {
    served = await serveEdge({ kinds, handlers });
    token = await served.key();
  });

  after(() => served.stop());

  const post = (items: readonly Item[], headers: Record<string, string> = {}, kind = 'noop'): Promise<Answer> =>
    served.call('POST', `/jobs/${kind}/batch`, { token, body: { items }, headers });
  const idsOf = (answer: Answer): string[] => answer.body.jobs.map((job: { id: string }) => job.id);
  const countJobs = async () => (await served.db.one<{ n: number }>('select count(*) as n from core.jobs')).n;

  it('answers the jobs in the order sent, and does them all', async () => {
    const answer = await post(Array.from({ length: 100 }, (_, n) => ({ payload: { n } })));
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get('retry-after'), '1');
    const ids = idsOf(answer);
    assert.equal(new Set(ids).size, 100);
    await eventually(async () => {
      const rows = await served.db.any<{ id: string; result: { n: number } | null }>(
        'select id, result from core.jobs where id = any($1::uuid[])',
        [ids],
      );
      const results = new Map(rows.map(row => [row.id, row.result?.n]));
      assert.deepEqual(
        ids.map(id => results.get(id)),
        ids.map((_, n) => n),
      );
    });
  });

  it('takes a thousand items, and no more', async () => {
    const items = Array.from({ length: 1_001 }, () => ({ payload: {} }));
    assert.equal((await post(items.slice(1))).status, 202);
    const before = await countJobs();
    const answer = await post(items);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.code, 'INVALID');
    assert.equal((await post([])).status, 400);
    assert.equal(await countJobs(), before);
  });

  it('posts nothing when one item is bad, and names it by its index', async () => {
    const before = await countJobs();
    const answer = await post([{ payload: { a: 1 } }, { payload: {} }, { payload: 'no record' }, { payload: 5 }]);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.index, 2);
    assert.match(answer.body.detail, /^Item 2: /);
    assert.match(answer.body.issues[0].path, /^items\.2\.payload/);
    assert.equal(await countJobs(), before);
  });

  it('refuses an item with an unknown field or without a payload', async () => {
    assert.equal((await post([{ payload: {}, delay: 5 } as Item])).status, 400);
    assert.equal((await post([{}])).status, 400);
  });

  it('answers an item whose key was used with the same payload with its original job', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const first = await post([
      { payload: { n: 1 }, idempotencyKey: one },
      { payload: { n: 2 }, idempotencyKey: two },
    ]);
    const second = await post([
      { payload: { n: 2 }, idempotencyKey: two },
      { payload: { n: 3 } },
      { payload: { n: 1 }, idempotencyKey: one },
    ]);
    assert.equal(second.status, 202);
    assert.deepEqual([idsOf(second)[2], idsOf(second)[0]], idsOf(first));
    assert.ok(!idsOf(first).includes(idsOf(second)[1] as string));
  });

  it('shows original jobs as they now stand', async () => {
    const idempotencyKey = randomUUID();
    await post([{ payload: { n: 1 }, idempotencyKey }]);
    await eventually(async () => {
      const answer = await post([{ payload: { n: 1 }, idempotencyKey }]);
      assert.equal(answer.body.jobs[0].status, 'succeeded');
      assert.deepEqual(answer.body.jobs[0].result, { n: 1 });
    });
  });

  it('gives a key one meaning, whether it was posted singly or in a batch', async () => {
    const [single, batched] = [randomUUID(), randomUUID()];
    const first = await served.call('POST', '/jobs/noop', {
      token,
      body: { a: 1 },
      headers: { 'idempotency-key': single },
    });
    const items = [
      { payload: { a: 1 }, idempotencyKey: single },
      { payload: { b: 2 }, idempotencyKey: batched },
    ];
    const answer = await post(items);
    assert.equal(idsOf(answer)[0], first.body.id);
    const again = await served.call('POST', '/jobs/noop', {
      token,
      body: { b: 2 },
      headers: { 'idempotency-key': batched },
    });
    assert.equal(again.body.id, idsOf(answer)[1]);
  });

  it('refuses the whole batch for one key that was used for another payload, naming the item', async () => {
    const idempotencyKey = randomUUID();
    await post([{ payload: { n: 1 }, idempotencyKey }]);
    const before = await countJobs();
    const answer = await post([{ payload: {} }, { payload: { n: 2 }, idempotencyKey }]);
    assert.equal(answer.status, 422);
    assert.equal(answer.body.code, 'IDEMPOTENCY_CONFLICT');
    assert.equal(answer.body.index, 1);
    assert.equal(await countJobs(), before);
  });

  it('makes one job of items that share key and payload, and refuses those that share only the key', async () => {
    const idempotencyKey = randomUUID();
    const same = await post([
      { payload: { n: 1 }, idempotencyKey },
      { payload: { n: 1 }, idempotencyKey },
    ]);
    assert.equal(same.status, 202);
    assert.equal(new Set(idsOf(same)).size, 1);
    const other = randomUUID();
    const answer = await post([
      { payload: { n: 1 }, idempotencyKey: other },
      { payload: { n: 2 }, idempotencyKey: other },
    ]);
    assert.equal(answer.status, 422);
    assert.equal(answer.body.index, 1);
  });

  it('refuses a key that is none, naming the item', async () => {
    for (const idempotencyKey of ['', 'a b', 'x'.repeat(256)]) {
      const answer = await post([{ payload: {} }, { payload: {}, idempotencyKey }]);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.index, 1, JSON.stringify(answer.body));
    }
    assert.equal((await post([{ payload: {}, idempotencyKey: 5 }])).status, 400);
  });

  it('stands by a key in the header for all of its items', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const items = [{ payload: { n: 1 } }, { payload: { n: 2 } }];
    const first = await post(items, headers);
    const again = await post(items, headers);
    assert.deepEqual(idsOf(again), idsOf(first));
    const changed = await post([...items, { payload: { n: 3 } }], headers);
    assert.equal(changed.status, 422);
    assert.equal(changed.body.code, 'IDEMPOTENCY_CONFLICT');
  });

  it('posts each item once when the same batch comes ten times at the same moment', async () => {
    const items = Array.from({ length: 50 }, (_, n) => ({ payload: { n }, idempotencyKey: randomUUID() }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, turn) => post(turn % 2 === 0 ? items : items.toReversed())),
    );
    assert.deepEqual([...new Set(answers.map(answer => answer.status))], [202]);
    assert.equal(new Set(answers.flatMap(idsOf)).size, 50);
  });

  it('refuses a whole batch for one subject that is under way', async () => {
    const subject = randomUUID();
    await served.call('POST', '/jobs/unique', { token, body: { subject } });
    const before = await countJobs();
    const answer = await post([{ payload: { subject: 'free' } }, { payload: { subject } }], {}, 'unique');
    assert.equal(answer.status, 409);
    assert.equal(answer.body.code, 'DUPLICATE_JOB');
    assert.equal(answer.body.index, 1);
    assert.equal(await countJobs(), before);
  });

  it('refuses two items of one batch about the same subject', async () => {
    const before = await countJobs();
    const answer = await post([{ payload: { subject: 'twice' } }, { payload: { subject: 'twice' } }], {}, 'unique');
    assert.equal(answer.status, 409);
    assert.ok([0, 1].includes(answer.body.index)); // either stands in the other's way
    assert.equal(await countJobs(), before);
  });

  it('asks of whoever posts a batch what it asks of a single post', async () => {
    assert.equal((await post([{ payload: {} }], {}, 'internal')).status, 404);
    assert.equal((await post([{ payload: {} }], {}, 'users-only')).status, 403);
    assert.equal((await served.call('POST', '/jobs/noop/batch', { body: { items: [] } })).status, 401);
  });
});
