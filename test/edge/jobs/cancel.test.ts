import assert from 'node:assert/strict';
import { uuidV7 } from '../../../shared/uuid.ts';
import { serveEdge, type ServedEdge } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { handlers, kinds } from './kinds.ts';

describe('cancelling a job', function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let token: string;
  let operator: string;

  before(async () => {
    served = await serveEdge({ kinds, handlers });
    token = await served.key();
    operator = await served.key({ operator: true });
  });

  after(() => served.stop());

  const cancel = (id: string, as = token) => served.call('POST', `/jobs/${id}/cancel`, { token: as });
  const read = (id: string) => served.call('GET', `/jobs/${id}`, { token: operator });

  async function reach(kind: string, status: string, as = token): Promise<string> {
    const { body } = await served.call('POST', `/jobs/${kind}`, { token: as, body: {} });
    await eventually(async () => assert.equal((await read(body.id)).body.status, status));
    return body.id;
  }

  it('ends a waiting job at once', async () => {
    const id = await reach('stubborn', 'retrying');
    const answer = await cancel(id);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.status, 'cancelled');
    assert.equal(answer.body.fault.code, 'cancelled');
    assert.ok(answer.body.finishedAt);
    assert.equal(answer.body.nextAttemptAt, null);
    assert.deepEqual((await read(id)).body, answer.body);
  });

  it('tells a running job to stop; it is cancelled once it has', async () => {
    const id = await reach('hold', 'running');
    const answer = await cancel(id);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.status, 'running');
    const job = await eventually(async () => {
      const { body } = await read(id);
      assert.equal(body.status, 'cancelled');
      return body;
    });
    assert.equal(job.fault.code, 'cancelled');
    assert.equal(job.result, null);
  });

  it('may be asked for twice while the job runs', async () => {
    const id = await reach('hold', 'running');
    const answers = await Promise.all([cancel(id), cancel(id), cancel(id)]);
    assert.ok(answers.every(answer => answer.status === 200 || answer.body.code === 'JOB_FINAL'));
    await eventually(async () => assert.equal((await read(id)).body.status, 'cancelled'));
  });

  for (const [kind, status] of [
    ['noop', 'succeeded'],
    ['refused', 'failed'],
  ] as const) {
    it(`answers 409 for a job that has ${status}`, async () => {
      const answer = await cancel(await reach(kind, status));
      assert.equal(answer.status, 409);
      assert.equal(answer.body.code, 'JOB_FINAL');
    });
  }

  it('answers 409 the second time', async () => {
    const id = await reach('stubborn', 'retrying');
    assert.equal((await cancel(id)).status, 200);
    assert.equal((await cancel(id)).status, 409);
  });

  it('frees the subject of a job for another', async () => {
    const body = { subject: 'cancelled' };
    const first = await served.call('POST', '/jobs/unique', { token, body });
    await cancel(first.body.id);
    await eventually(async () => {
      const again = await served.call('POST', '/jobs/unique', { token, body });
      assert.equal(again.status, 202);
    });
  });

  it('is refused for a kind that is never cancelled, to operators too', async () => {
    const { body } = await served.call('POST', '/jobs/uncancellable', { token, body: {} });
    for (const as of [token, operator]) {
      const answer = await cancel(body.id, as);
      assert.equal(answer.status, 403);
      assert.equal(answer.body.code, 'FORBIDDEN');
    }
  });

  it('is an operator’s to do for anybody, and nobody else’s', async () => {
    const id = await reach('stubborn', 'retrying');
    assert.equal((await cancel(id, await served.key())).status, 404);
    assert.equal((await cancel(id, operator)).status, 200);
  });

  it('answers 404 for a job that is not there', async () => {
    assert.equal((await cancel(uuidV7())).status, 404);
  });

  it('takes no body for granted: any is ignored', async () => {
    const id = await reach('stubborn', 'retrying');
    const answer = await served.call('POST', `/jobs/${id}/cancel`, { token, body: { reason: 'none' } });
    assert.equal(answer.status, 200);
  });
});
