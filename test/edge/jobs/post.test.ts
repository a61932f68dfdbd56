import assert from 'node:assert/strict';
import { jobSchema } from '../../../edge/jobs/view.ts';
import { isUuid } from '../../../shared/uuid.ts';
import { serveEdge, type Answer, type ServedEdge } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { handlers, kinds, release } from './kinds.ts';

describe('posting a job', function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let token: string;

  before(async () => {
    served = await serveEdge({ kinds, handlers });
    token = await served.key();
  });

  after(() => served.stop());

  const post = (kind: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    served.call('POST', `/jobs/${kind}`, { token, body, headers });
  const read = (id: string) => served.call('GET', `/jobs/${id}`, { token });

  it('answers 202 with the job, its address, and when to ask again', async () => {
    const answer = await post('noop', { a: 1 });
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get('location'), `/jobs/${answer.body.id}`);
    assert.equal(answer.headers.get('retry-after'), '1');
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(answer.body, {
      id: answer.body.id,
      kind: 'noop',
      status: 'queued',
      progress: null,
      attempt: 0,
      maxAttempts: 5,
      result: null,
      fault: null,
      createdAt: answer.body.createdAt,
      startedAt: null,
      finishedAt: null,
      nextAttemptAt: null,
      requestId: answer.headers.get('x-request-id'),
    });
    assert.match(answer.body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    jobSchema.parse(answer.body);
  });

  it('has the work done: the job succeeds with its result', async () => {
    const { body } = await post('noop', { greeting: 'hello', list: [1, { b: null }] });
    const job = await eventually(async () => {
      const answer = await read(body.id);
      assert.equal(answer.body.status, 'succeeded');
      return answer.body;
    });
    assert.deepEqual(job.result, { greeting: 'hello', list: [1, { b: null }] });
    assert.deepEqual([job.attempt, job.progress, job.fault], [1, 1, null]);
    assert.ok(job.createdAt <= job.startedAt && job.startedAt <= job.finishedAt);
    jobSchema.parse(job);
  });

  it('has the work of a local kind done in its own transaction', async () => {
    const answer = await post('noop-local', { n: 1 }, { prefer: 'wait=20' });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body.result, { n: 1 });
  });

  it('takes no body for an empty payload', async () => {
    const answer = await served.call('POST', '/jobs/noop', { token });
    assert.equal(answer.status, 202);
  });

  it('shows a failure by its code and message, and nothing of its cause', async () => {
    const answer = await post('refused', {}, { prefer: 'wait=20' });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.status, 'failed');
    assert.deepEqual(answer.body.fault, { code: 'too_little', message: 'There is not enough.' });
    assert.doesNotMatch(answer.text, /inside/);
  });

  it('shows a job that waits for its next attempt as retrying, with the moment of it', async () => {
    const { body } = await post('stubborn', {});
    const answer = await eventually(async () => {
      const now = await read(body.id);
      assert.equal(now.body.status, 'retrying');
      return now;
    });
    const waitMs = Date.parse(answer.body.nextAttemptAt) - Date.now();
    assert.ok(waitMs > 500_000 && waitMs < 700_000);
    assert.equal(answer.headers.get('retry-after'), '60');
    assert.equal(answer.body.fault.code, 'internal');
    assert.doesNotMatch(answer.text, /db-7/);
  });

  it('ends a job whose result no row can hold as failed, and never leaves it running', async () => {
    const { body } = await post('unstorable', {});
    await eventually(async () => assert.equal((await read(body.id)).body.status, 'failed'), { timeoutMs: 4_000 });
  });

  it('refuses a payload that its kind does not take, naming the field', async () => {
    const answer = await post('unique', { subject: 5, extra: true });
    assert.equal(answer.status, 400);
    assert.equal(answer.body.code, 'INVALID');
    assert.deepEqual(answer.body.issues.map((issue: { path: string }) => issue.path).sort(), ['', 'subject']);
  });

  it('refuses null, a list and a bare value as a payload', async () => {
    for (const body of [null, [], 'x', 5, true]) {
      const answer = await post('noop', body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.equal(answer.body.code, 'INVALID');
    }
  });

  it('answers 404 for a kind that is not there, and for an internal one', async () => {
    for (const kind of ['no-such-kind', 'internal', 'transfer', 'kinds', 'Noop', 'x'.repeat(3_000)]) {
      const answer = await post(kind, {});
      assert.equal(answer.status, 404, kind.slice(0, 20));
      assert.equal(answer.body.code, 'NOT_FOUND');
    }
  });

  it('answers 409 for a second live job about the same subject, naming the first', async () => {
    const first = await post('unique', { subject: 'a' });
    assert.equal(first.status, 202);
    const second = await post('unique', { subject: 'a' });
    assert.equal(second.status, 409);
    assert.equal(second.body.code, 'DUPLICATE_JOB');
    assert.equal(second.body.jobId, first.body.id);
    assert.equal((await post('unique', { subject: 'b' })).status, 202);
    await eventually(async () => {
      release(first.body.id);
      assert.equal((await read(first.body.id)).body.status, 'succeeded');
    });
    assert.equal((await post('unique', { subject: 'a' })).status, 202);
  });

  describe('with Prefer: wait', () => {
    it('answers 200 with the finished job, and says which wait it honoured', async () => {
      const answer = await post('noop', { a: 1 }, { prefer: 'wait=20' });
      assert.equal(answer.status, 200);
      assert.equal(answer.body.status, 'succeeded');
      assert.deepEqual(answer.body.result, { a: 1 });
      assert.equal(answer.headers.get('preference-applied'), 'wait=20');
      assert.equal(answer.headers.get('location'), `/jobs/${answer.body.id}`);
      assert.equal(answer.headers.get('retry-after'), null);
    });

    it('answers 202 with the job as it then stands when the wait was too short', async () => {
      const answer = await post('hold', {}, { prefer: 'wait=1' });
      assert.equal(answer.status, 202);
      assert.equal(answer.body.status, 'running');
      assert.equal(answer.headers.get('preference-applied'), null);
      assert.equal(answer.headers.get('retry-after'), '1');
      release(answer.body.id);
    });

    it('honours no more than 30 seconds', async () => {
      const answer = await post('noop', {}, { prefer: 'wait=3600' });
      assert.equal(answer.headers.get('preference-applied'), 'wait=30');
    });

    for (const prefer of ['wait=0', 'wait=-1', 'wait=soon', 'wait', 'return=minimal', 'wait=1.5']) {
      it(`ignores "${prefer}"`, async () => {
        const answer = await post('noop', {}, { prefer });
        assert.equal(answer.status, 202);
        assert.equal(answer.headers.get('preference-applied'), null);
      });
    }

    it('reads it among others, in any case, and quoted', async () => {
      for (const prefer of ['return=minimal, wait=9', 'WAIT=9', 'wait="9"', 'handling=lenient; wait = 9']) {
        const answer = await post('noop', {}, { prefer });
        assert.equal(answer.status, 200, prefer);
        assert.equal(answer.headers.get('preference-applied'), 'wait=9');
      }
    });

    it('lets respond-async win', async () => {
      const answer = await post('noop', {}, { prefer: 'respond-async, wait=10' });
      assert.equal(answer.status, 202);
      assert.equal(answer.headers.get('preference-applied'), 'respond-async');
    });
  });

  describe('names the request', () => {
    const sent = '0F8FAD5B-D9CB-469F-A165-70867728950E';

    it('takes a UUID that the client sends, and keeps it with the job', async () => {
      const answer = await post('noop', {}, { 'x-request-id': sent });
      assert.equal(answer.headers.get('x-request-id'), sent.toLowerCase());
      assert.equal(answer.body.requestId, sent.toLowerCase());
      assert.equal((await read(answer.body.id)).body.requestId, sent.toLowerCase());
    });

    it('makes one in place of anything else', async () => {
      for (const bad of ['', 'abc', `${sent}, ${sent}`, `${sent}0`]) {
        const made = (await post('noop', {}, { 'x-request-id': bad })).headers.get('x-request-id') ?? '';
        assert.ok(isUuid(made) && made !== bad);
      }
    });

    it('names failed requests too', async () => {
      const answer = await served.call('GET', '/nowhere', { headers: { 'x-request-id': sent } });
      assert.equal(answer.headers.get('x-request-id'), sent.toLowerCase());
      assert.equal(answer.body.requestId, sent.toLowerCase());
    });
  });

  it('carries a traceparent to the row, and leaves out one that is malformed', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traceOf = async (header: string) => {
      const { body } = await post('noop', {}, { traceparent: header });
      return (await served.db.one<{ trace: string | null }>('select trace from core.jobs where id = $1', [body.id]))
        .trace;
    };
    assert.equal(await traceOf(traceparent), traceparent);
    assert.equal(await traceOf('00-nonsense'), null);
    assert.equal(await traceOf(`${traceparent}, ${traceparent}`), null);
  });

  it('owns the job by the key that posted it', async () => {
    const { body } = await post('noop', {});
    const { owner } = await served.db.one<{ owner: string }>('select owner from core.jobs where id = $1', [body.id]);
    assert.match(owner, /^service\/[0-9a-f-]{36}$/);
  });
});

describe('posting more jobs than may wait', function () {
  this.timeout(60_000);
  let served: ServedEdge;

  before(async () => {
    served = await serveEdge({ worker: false, env: { MAX_LIVE_JOBS_PER_OWNER: '20' } });
  });

  after(() => served.stop());

  it('answers 429 at the cap, for that owner alone', async () => {
    const [token, other] = [await served.key(), await served.key()];
    for (let jobs = 0; jobs < 20; jobs += 1) {
      assert.equal((await served.call('POST', '/jobs/noop', { token, body: {} })).status, 202);
    }
    const refused = await served.call('POST', '/jobs/noop', { token, body: {} });
    assert.equal(refused.status, 429);
    assert.equal(refused.body.code, 'TOO_MANY_LIVE_JOBS');
    assert.equal(refused.body.cap, 20);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    const items = Array.from({ length: 21 }, () => ({ payload: {} }));
    assert.equal((await served.call('POST', '/jobs/noop/batch', { token: other, body: { items } })).status, 429);
    assert.equal((await served.call('POST', '/jobs/noop', { token: other, body: {} })).status, 202);
  });
});
