import assert from 'node:assert/strict';
import { serveEdge, type ServedEdge } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { handlers, kinds, release } from './kinds.ts';

describe('reading jobs', function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let token: string;

  before(async () => {
    served = await serveEdge({ kinds, handlers });
    token = await served.key();
  });

  after(() => served.stop());

  const get = (path: string, headers: Record<string, string> = {}, as = token) =>
    served.call('GET', path, { token: as, headers });

  async function post(kind: string, body: unknown, headers: Record<string, string> = {}, as = token): Promise<string> {
    const answer = await served.call('POST', `/jobs/${kind}`, { token: as, body, headers });
    assert.ok(answer.status === 202 || answer.status === 200, answer.text);
    return answer.body.id as string;
  }

  const finished = (as = token) => post('noop', {}, { prefer: 'wait=20' }, as);

  describe('one by one', () => {
    it('answers the job with its revision as ETag, and no Retry-After once it is final', async () => {
      const answer = await get(`/jobs/${await finished()}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('etag') ?? '', /^"\d+"$/);
      assert.equal(answer.headers.get('retry-after'), null);
      assert.equal(answer.headers.get('preference-applied'), null);
    });

    it('answers an id in upper case as well', async () => {
      const id = await finished();
      assert.equal((await get(`/jobs/${id.toUpperCase()}`)).body.id, id);
    });

    it('answers 304 without a body while the job is unchanged', async () => {
      const id = await finished();
      const etag = (await get(`/jobs/${id}`)).headers.get('etag') as string;
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const answer = await get(`/jobs/${id}`, { 'if-none-match': tag });
        assert.equal(answer.status, 304, tag);
        assert.equal(answer.text, '');
        assert.equal(answer.headers.get('etag'), etag);
      }
      for (const tag of ['"other"', etag.replaceAll('"', ''), '']) {
        assert.equal((await get(`/jobs/${id}`, { 'if-none-match': tag })).status, 200, tag);
      }
    });

    it('changes the ETag with every change that a client can see', async () => {
      const id = await post('hold', {});
      const tags = new Map<string, string>();
      const see = (status: string, progress: number) =>
        eventually(async () => {
          const { body, headers } = await get(`/jobs/${id}`);
          tags.set(`${body.status} ${body.progress}`, headers.get('etag') as string);
          assert.deepEqual([body.status, body.progress], [status, progress]);
        });
      await see('running', 0.5);
      release(id);
      await see('succeeded', 1);
      assert.equal(new Set(tags.values()).size, tags.size, [...tags].join());
    });

    it('waits for the end as long as the client prefers', async () => {
      const id = await post('hold', {});
      const waiting = get(`/jobs/${id}`, { prefer: 'wait=20' });
      await eventually(async () => assert.equal((await get(`/jobs/${id}`)).body.status, 'running'));
      release(id);
      const answer = await waiting;
      assert.equal(answer.body.status, 'succeeded');
      assert.equal(answer.body.result, 'held');
      assert.equal(answer.headers.get('preference-applied'), 'wait=20');
    });

    it('answers as it stands when the wait is over', async () => {
      const id = await post('hold', {});
      const answer = await get(`/jobs/${id}`, { prefer: 'wait=1' });
      assert.equal(answer.status, 200);
      assert.equal(answer.body.status, 'running');
      assert.equal(answer.headers.get('retry-after'), '1');
      release(id);
    });

    it('answers at once for a job that is final, whatever wait is preferred', async () => {
      const answer = await get(`/jobs/${await finished()}`, { prefer: 'wait=30' });
      assert.equal(answer.body.status, 'succeeded');
    });

    it('answers 404 for a job that is not there and 400 for what is no id', async () => {
      const missing = await get(`/jobs/${uuidV7()}`);
      assert.deepEqual([missing.status, missing.body.code], [404, 'NOT_FOUND']);
      for (const id of ['1', 'not-an-id', `${uuidV7()}x`]) assert.equal((await get(`/jobs/${id}`)).status, 400);
    });

    it('answers HEAD with the headers alone', async () => {
      const answer = await served.call('HEAD', `/jobs/${await finished()}`, { token });
      assert.equal(answer.status, 200);
      assert.equal(answer.text, '');
      assert.ok(answer.headers.get('etag'));
    });
  });

  describe('as a list', () => {
    const idsOf = (answer: { body: { jobs: { id: string }[] } }) => answer.body.jobs.map(job => job.id);

    /** All pages, by the cursors. */
    async function walk(query: string, as: string): Promise<string[][]> {
      const pages: string[][] = [];
      for (let cursor = ''; ; ) {
        const answer = await get(`/jobs?${query}${cursor && `&cursor=${cursor}`}`, {}, as);
        assert.equal(answer.status, 200, answer.text);
        pages.push(idsOf(answer));
        if (answer.body.nextCursor === null) return pages;
        cursor = answer.body.nextCursor as string;
        assert.match(cursor, /^[\w-]+$/);
        assert.ok(pages.length < 50);
      }
    }

    it("holds the asker's own jobs, newest first, every one exactly once over its pages", async () => {
      const own = await served.key();
      const posted: string[] = [];
      for (let jobs = 0; jobs < 25; jobs += 1) posted.push(await post('noop', {}, {}, own));
      await post('noop', {});
      const pages = await walk('limit=10', own);
      assert.deepEqual(
        pages.map(page => page.length),
        [10, 10, 5],
      );
      assert.deepEqual(pages.flat(), posted.toSorted().toReversed());
    });

    it('keeps its place while new jobs come', async () => {
      const own = await served.key();
      const posted: string[] = [];
      for (let jobs = 0; jobs < 6; jobs += 1) posted.push(await post('noop', {}, {}, own));
      const first = await get('/jobs?limit=3', {}, own);
      await post('noop', {}, {}, own);
      const second = await get(`/jobs?limit=3&cursor=${first.body.nextCursor}`, {}, own);
      assert.deepEqual([...idsOf(first), ...idsOf(second)], posted.toSorted().toReversed());
    });

    it('is filtered by kind and by the status that clients see', async () => {
      const own = await served.key();
      const done = await finished(own);
      const retrying = await post('stubborn', {}, {}, own);
      const running = await post('hold', {}, {}, own);
      const failed = await post('refused', {}, { prefer: 'wait=20' }, own);
      await eventually(async () => {
        assert.deepEqual(await walk('status=retrying', own), [[retrying]]);
        assert.deepEqual(await walk('status=running', own), [[running]]);
      });
      assert.deepEqual(await walk('status=succeeded', own), [[done]]);
      assert.deepEqual(await walk('status=failed&kind=refused', own), [[failed]]);
      assert.deepEqual(await walk('status=failed&kind=noop', own), [[]]);
      assert.deepEqual(await walk('status=queued', own), [[]]);
      assert.deepEqual(await walk('kind=hold', own), [[running]]);
      assert.deepEqual(await walk('kind=no-such-kind', own), [[]]);
      release(running);
    });

    it('shows queued jobs as queued, with the broker or not', async () => {
      const own = await served.key();
      const ids = [await finished(own), await finished(own), await finished(own)];
      await served.db.none(
        "update core.jobs set state = 'pending', attempt = 0, finished_at = null, due_at = now() + interval '1 hour' where id = $1",
        [ids[0]],
      );
      await served.db.none(
        "update core.jobs set state = 'queued', attempt = 1, finished_at = null, queued_at = now() where id = $1",
        [ids[1]],
      );
      assert.deepEqual(await walk('status=queued', own), [[ids[0], ids[1]].toSorted().toReversed()]);
    });

    it('looks through a bounded window: a page may be empty and still have a next one', async () => {
      const own = await served.key();
      const wanted = await finished(own);
      await served.db.none(
        `insert into core.jobs (id, kind, version, area, owner, max_attempts, payload, request_id, state, finished_at)
        select overlay(gen_random_uuid()::text placing $2 from 1 for 14)::uuid, 'noop-local', 1, 'core', owner, 1, '{}', request_id, 'succeeded', now()
        from core.jobs, generate_series(1, 5500) where id = $1`,
        [wanted, uuidV7(Date.now() + 60_000).slice(0, 14)],
      );
      const pages = await walk('kind=noop&limit=5', own);
      assert.deepEqual(pages, [[], [wanted]]);
    });

    it('refuses a limit, a status and a cursor that it can not have given', async () => {
      for (const query of [
        'limit=0',
        'limit=101',
        'limit=-1',
        'limit=x',
        'limit=1.5',
        'limit=1e400',
        'limit=',
        'limit=1&limit=2',
        'status=done',
        'status=',
        'cursor=',
        'cursor=abc',
        'cursor=!!!!!!!!!!!!!!!!!!!!!!',
        `cursor=${'A'.repeat(65)}`,
        `cursor=${'A'.repeat(23)}`,
        `kind=${'k'.repeat(61)}`,
      ]) {
        const answer = await get(`/jobs?${query}`);
        assert.equal(answer.status, 400, query);
        assert.match(answer.body.code, /^INVALID/);
      }
    });
  });

  describe('the kinds', () => {
    it('are those that may be posted, each with the schemas of its payload and result', async () => {
      const answer = await get('/jobs/kinds');
      assert.equal(answer.status, 200);
      const names = answer.body.kinds.map((entry: { kind: string }) => entry.kind);
      assert.ok(['noop', 'noop-local', 'hold', 'unique'].every(kind => names.includes(kind)));
      assert.ok(!names.includes('internal') && !names.includes('transfer') && !names.includes('transfer-comparison'));
      const unique = answer.body.kinds.find((entry: { kind: string }) => entry.kind === 'unique');
      assert.deepEqual(unique.payload.properties, { subject: { type: 'string' } });
      assert.deepEqual(unique.payload.required, ['subject']);
      assert.equal(unique.version, 1);
    });

    it('are told to nobody without a token', async () => {
      assert.equal((await served.call('GET', '/jobs/kinds')).status, 401);
    });
  });
});
