import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { findServiceKey, revokeServiceKey } from '../../../db/core/service-keys.ts';
import { createSession } from '../../../db/marketplace/sessions.ts';
import { createUser } from '../../../db/marketplace/users.ts';
import { signAccessToken } from '../../../edge/marketplace/tokens.ts';
import { serveEdge, type ServedEdge } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { handlers, kinds } from './kinds.ts';

describe('who may do what with a job', function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let owner: string;
  let other: string;
  let operator: string;

  before(async () => {
    served = await serveEdge({ kinds, handlers });
    owner = await served.key();
    other = await served.key();
    operator = await served.key({ operator: true });
  });

  after(() => served.stop());

  const post = (kind: string, token: string) => served.call('POST', `/jobs/${kind}`, { token, body: {} });
  const statusOf = async (path: string, token: string) => (await served.call('GET', path, { token })).status;

  /** A marketplace user's access token. */
  async function userToken(): Promise<string> {
    const name = randomUUID().slice(0, 12);
    const user = await createUser(served.db, {
      username: name,
      email: `${name}@example.com`,
      passwordHash: 'x',
      role: 'user',
    });
    assert.ok(user);
    const sessionId = await served.db.tx(tx => createSession(tx, user.id, Buffer.from(randomUUID())));
    return signAccessToken(served.spine.config, { userId: user.id, sessionId, role: 'user' });
  }

  it('shows a job to its owner and to operators; to all others it is not there', async () => {
    const { body } = await post('noop', owner);
    for (const path of [`/jobs/${body.id}`, `/jobs/${body.id}/events`]) {
      assert.equal(await statusOf(path, owner), 200);
      assert.equal(await statusOf(path, operator), 200);
      assert.equal(await statusOf(path, other), 404);
      assert.equal(await statusOf(path, await userToken()), 404);
    }
  });

  it('lists to each actor its own jobs, and all of them to an operator', async () => {
    const [mine, theirs] = [await post('noop', owner), await post('noop', other)];
    const idsFor = async (token: string) =>
      (await served.call('GET', '/jobs?limit=100', { token })).body.jobs.map((job: { id: string }) => job.id);
    assert.ok((await idsFor(owner)).includes(mine.body.id) && !(await idsFor(owner)).includes(theirs.body.id));
    const all = await idsFor(operator);
    assert.ok(all.includes(mine.body.id) && all.includes(theirs.body.id));
  });

  it('lets an operator post an internal kind, and shows it to operators alone', async () => {
    const { status, body } = await post('internal', operator);
    assert.equal(status, 202);
    assert.equal(await statusOf(`/jobs/${body.id}`, operator), 200);
    await served.db.none('update core.jobs set owner = $2 where id = $1', [
      body.id,
      `service/${(await findServiceKey(served.db, owner))?.id}`,
    ]);
    assert.equal(await statusOf(`/jobs/${body.id}`, owner), 404);
    const { body: list } = await served.call('GET', '/jobs?kind=internal', { token: owner });
    assert.deepEqual(list.jobs, []);
  });

  it('lets a key post the kinds that it was made for, and no others', async () => {
    const scoped = await served.key({ kinds: ['noop'] });
    assert.equal((await post('noop', scoped)).status, 202);
    const answer = await post('hold', scoped);
    assert.equal(answer.status, 403);
    assert.equal(answer.body.code, 'FORBIDDEN');
    assert.equal((await post('no-such-kind', scoped)).status, 404);
  });

  it('lets a role post only the kinds that admit it', async () => {
    const user = await userToken();
    assert.equal((await post('users-only', user)).status, 202);
    assert.equal((await post('noop', user)).status, 403);
    assert.equal((await post('users-only', owner)).status, 403);
  });

  it('lets users of another surface read and cancel what they posted', async () => {
    const user = await userToken();
    const { body } = await post('stubborn', user);
    assert.equal(await statusOf(`/jobs/${body.id}`, user), 200);
    assert.equal(await statusOf(`/jobs/${body.id}`, await userToken()), 404);
    assert.equal((await served.call('POST', `/jobs/${body.id}/cancel`, { token: user })).status, 200);
  });

  it('refuses a key that is unknown, cut short or of another case', async () => {
    for (const token of ['mk_', 'mk_unknown', owner.slice(0, -1), owner.replace('mk_', 'MK_'), `${owner}x`]) {
      const answer = await served.call('GET', '/jobs', { token });
      assert.equal(answer.status, 401, token.slice(0, 5));
      assert.equal(answer.body.code, 'UNAUTHENTICATED');
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
  });

  it('refuses a scheme that is not Bearer, and a request without a token', async () => {
    for (const authorization of [`Basic ${btoa('a:b')}`, 'Bearer', 'Bearer ', `Bearer ${owner} ${owner}`, owner]) {
      const answer = await served.call('GET', '/jobs', { headers: { authorization } });
      assert.equal(answer.status, 401, authorization.slice(0, 8));
    }
    assert.equal((await served.call('GET', '/jobs')).status, 401);
    assert.equal((await served.call('GET', '/jobs', { headers: { authorization: `bearer ${owner}` } })).status, 200);
  });

  it('refuses a revoked key within seconds, where it had been seen before, too', async () => {
    const token = await served.key();
    assert.equal(await statusOf('/jobs', token), 200);
    const key = await findServiceKey(served.db, token);
    assert.ok(key && (await revokeServiceKey(served.db, key.id)));
    await eventually(async () => assert.equal(await statusOf('/jobs', token), 401), { timeoutMs: 15_000 });
  });

  it('keeps nothing of a key but its hash', async () => {
    const row = await served.db.one<Record<string, unknown>>('select * from core.service_keys limit 1');
    assert.ok(Buffer.isBuffer(row['hash']) && row['hash'].length === 32);
    assert.ok(!JSON.stringify(await served.db.any('select * from core.service_keys')).includes(owner.slice(3, 20)));
  });
});
