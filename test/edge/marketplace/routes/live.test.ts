import assert from 'node:assert/strict';
import { type Answer, type Marketplace, serveMarketplace } from '../serve.ts';

const streams = '/api/v1/live/streams';
const hooks = '/api/v1/live/hooks';
const [secret, olderSecret] = ['rtmp-secret-1'.repeat(3), 'rtmp-secret-2'.repeat(3)] as const;

describe('edge/marketplace/routes/live', () => {
  let market: Marketplace;
  before(async function () {
    this.timeout(120_000);
    market = await serveMarketplace({ ENCRYPTION_KEY: 'k'.repeat(32), LIVE_HOOK_SECRET: `${secret},${olderSecret}` });
  });
  after(() => market?.stop());

  const create = (token: string, body: object = { title: 'Evening jam' }, headers: Record<string, string> = {}) =>
    market.call('POST', streams, { token, body, headers });
  const read = async (id: string) => (await market.call('GET', `${streams}/${id}`)).body.data;
  const own = async (token: string) => (await market.call('GET', `${streams}/me`, { token })).body.data;
  const askKey = (token: string) => market.call('GET', `${streams}/me/key`, { token });
  const renew = (token: string, headers: Record<string, string> = {}) =>
    market.call('POST', `${streams}/me/key/regenerate`, { token, headers });
  const keyOf = ({ body }: Answer): string => body.data.stream_key;
  /** As nginx-rtmp does it. */
  const hook = async (
    name: 'publish' | 'done',
    key: string,
    headers: Record<string, string> = { 'x-live-secret': secret },
  ) => {
    const form = new URLSearchParams({ call: name, app: 'live', addr: '203.0.113.9', name: key });
    return (await fetch(`${market.url}${hooks}/${name}`, { method: 'POST', body: form, headers })).status;
  };

  it('makes a stream and shows it to everybody without its key', async () => {
    const streamer = await market.join();
    const fields = { title: 'Evening jam', description: 'Slow blues', category: 'Music', tags: ['Blues', 'slow'] };
    const created = await create(streamer.token, fields);
    assert.equal(created.status, 201);
    const { stream_key, ...stream } = created.body.data;
    assert.match(stream_key, /^live_[\w-]{43}$/);
    assert.deepEqual(stream, {
      id: stream.id,
      user_id: streamer.id,
      ...fields,
      is_live: false,
      started_at: null,
      ended_at: null,
      created_at: stream.created_at,
      updated_at: stream.updated_at,
    });
    assert.deepEqual(await read(stream.id), stream);
    const { streams: listed } = (await market.call('GET', streams)).body.data;
    assert.deepEqual(
      listed.find(({ id }: { id: string }) => id === stream.id),
      stream,
    );
    assert.deepEqual(await own(streamer.token), { streams: [{ ...stream, stream_key }], total: 1 });
    const counted = await market.db.any('select name, uses from marketplace.tags where name = any($1) order by name', [
      fields.tags,
    ]);
    assert.deepEqual(
      counted.map(({ name, uses }) => [name, uses]),
      [
        ['Blues', 1],
        ['slow', 1],
      ],
    );
  });

  it('answers 404 for a stream that is not there, 401 without a token, 400 for what a stream cannot be', async () => {
    const { token } = await market.join();
    assert.equal((await market.call('GET', `${streams}/0197e1f0-0000-7000-8000-000000000000`)).status, 404);
    assert.equal((await market.call('GET', `${streams}/nonsense`)).status, 400);
    assert.equal((await market.call('POST', streams, { body: { title: 'x' } })).status, 401);
    assert.equal((await market.call('GET', `${streams}/me`)).status, 401);
    assert.equal((await market.call('GET', `${streams}/me/key`)).status, 401);
    for (const body of [{}, { title: ' ' }, { title: 'x', is_live: true }, { title: 'x', tags: ['a'.repeat(41)] }])
      assert.equal((await create(token, body)).status, 400, JSON.stringify(body));
    for (const query of ['is_live=yes', 'limit=0', 'limit=101', 'offset=-1'])
      assert.equal((await market.call('GET', `${streams}?${query}`)).status, 400, query);
  });

  it('lets the owner alone change a stream, keeps what is left out, and recounts its tags', async () => {
    const [owner, other] = [await market.join(), await market.join()];
    const { id, created_at } = (
      await create(owner.token, { title: 'Old', description: 'Kept', tags: ['kept-tag', 'gone-tag'] })
    ).body.data;
    const change = (token: string, body: object) => market.call('PUT', `${streams}/${id}`, { token, body });
    assert.equal((await change(other.token, { title: 'Mine now' })).status, 404);
    assert.equal((await change(owner.token, { started_at: created_at })).status, 400);
    const changed = await change(owner.token, { title: 'New', tags: ['kept-tag', 'new-tag'] });
    assert.equal(changed.status, 200);
    const { title, description, tags, stream_key } = changed.body.data;
    assert.deepEqual([title, description, tags, stream_key], ['New', 'Kept', ['kept-tag', 'new-tag'], undefined]);
    assert.deepEqual(await read(id), changed.body.data);
    const counted = await market.db.any(
      `select name, uses from marketplace.tags where name like '%-tag' order by name`,
    );
    assert.deepEqual(
      counted.map(({ name, uses }) => [name, uses]),
      [
        ['gone-tag', 0],
        ['kept-tag', 1],
        ['new-tag', 1],
      ],
    );
  });

  it('gives one key and one draft to a user who asks twenty times at once', async () => {
    const { token } = await market.join();
    const answers = await Promise.all(Array.from({ length: 20 }, () => askKey(token)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(new Set(answers.map(keyOf)).size, 1);
    assert.equal(answers[0]?.body.data.rtmp_url, 'rtmp://localhost:1935/live');
    const { streams: drafts, total } = await own(token);
    assert.equal(total, 1);
    assert.deepEqual([drafts[0].is_live, drafts[0].stream_key], [false, answers[0]?.body.data.stream_key]);
  });

  it('makes no draft beside a stream, and no second key, when all is asked for at once', async () => {
    const { token } = await market.join();
    const answers = await Promise.all([create(token), create(token), create(token), askKey(token), askKey(token)]);
    assert.equal(new Set(answers.map(keyOf)).size, 1);
    const drafts = (await own(token)).streams.filter(({ title }: { title: string }) => title !== 'Evening jam');
    assert.ok(drafts.length <= 1); // one, if the key was asked for before there was a stream
    const { token: later } = await market.join();
    await create(later);
    await askKey(later);
    await renew(later);
    assert.equal((await own(later)).total, 1);
    const { token: first } = await market.join();
    await renew(first);
    assert.equal((await own(first)).total, 1);
  });

  it('keeps the key encrypted, also in the kept answer of an Idempotency-Key', async () => {
    const { id, token } = await market.join();
    const headers = { 'idempotency-key': 'stream-1' };
    const first = await create(token, { title: 'Once' }, headers);
    const again = await create(token, { title: 'Once' }, headers);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const renewed = await renew(token, { 'idempotency-key': 'renew-1' });
    assert.equal(keyOf(await renew(token, { 'idempotency-key': 'renew-1' })), keyOf(renewed));
    assert.notEqual(keyOf(renewed), keyOf(first));
    assert.equal((await own(token)).total, 1);
    const rows = await market.db.any(
      'select row_to_json(k)::text as text from marketplace.stream_keys k where user_id = $1',
      [id],
    );
    const kept = await market.db.any('select row_to_json(k)::text as text from core.idempotency k');
    assert.equal(rows.length, 1);
    assert.ok(kept.length >= 2);
    for (const { text } of [...rows, ...kept]) assert.doesNotMatch(text, /live_[\w-]{43}/);
  });

  it('lists the live ones apart, in pages, newest first', async () => {
    await market.db.none('update marketplace.streams set is_live = false');
    const streamers = await Promise.all(Array.from({ length: 3 }, () => market.join()));
    const ids: string[] = [];
    for (const { token } of streamers) {
      const { id, stream_key } = (await create(token)).body.data;
      ids.unshift(id);
      assert.equal(await hook('publish', stream_key), 200);
    }
    const { token } = await market.join();
    const idle = (await create(token)).body.data.id;
    const page = async (query: string) => {
      const { streams: listed, total } = (await market.call('GET', `${streams}?${query}`)).body.data;
      return { ids: listed.map(({ id }: { id: string }) => id), total };
    };
    assert.deepEqual(await page('is_live=true&limit=2'), { ids: ids.slice(0, 2), total: 3 });
    assert.deepEqual(await page('is_live=true&limit=2&offset=2'), { ids: ids.slice(2), total: 3 });
    assert.equal((await page('is_live=false&limit=1')).ids[0], idle);
    assert.equal((await page('limit=100')).total, (await page('is_live=false')).total + 3);
  });

  it("lets the RTMP server start and end the user's newest stream, however often it says so", async () => {
    const { token } = await market.join();
    const older = (await create(token)).body.data;
    assert.equal(await hook('publish', older.stream_key), 200);
    assert.equal((await read(older.id)).is_live, true);
    const newest = (await create(token)).body.data;
    assert.equal(await hook('publish', newest.stream_key), 200);
    const live = await read(newest.id);
    assert.deepEqual([live.is_live, typeof live.started_at, live.ended_at], [true, 'string', null]);
    const ended = await read(older.id);
    assert.deepEqual([ended.is_live, typeof ended.ended_at], [false, 'string']);
    assert.equal(await hook('publish', newest.stream_key), 200);
    assert.deepEqual(await read(newest.id), live);
    assert.equal(await hook('done', newest.stream_key), 200);
    const done = await read(newest.id);
    assert.deepEqual([done.is_live, done.started_at, typeof done.ended_at], [false, live.started_at, 'string']);
    assert.equal(await hook('done', newest.stream_key), 200);
    assert.deepEqual(await read(newest.id), done);
  });

  it('takes hooks as a form or as JSON, with the secret in a header or as a bearer, and nothing else', async () => {
    const { token } = await market.join();
    const key = keyOf(await askKey(token));
    const post = async (body: string, type: string, headers: Record<string, string> = { 'x-live-secret': secret }) => {
      const options = { method: 'POST', body, headers: { 'content-type': type, ...headers } };
      return (await fetch(`${market.url}${hooks}/publish`, options)).status;
    };
    const [form, json] = ['application/x-www-form-urlencoded', 'application/json'];
    assert.equal(await hook('publish', key, { authorization: `Bearer ${olderSecret}` }), 200);
    assert.equal(await post(JSON.stringify({ name: key, app: 'live' }), json), 200);
    assert.equal(await hook('publish', key, {}), 401);
    assert.equal(await hook('publish', key, { 'x-live-secret': 'wrong' }), 401);
    assert.equal(await hook('publish', key, { authorization: `Bearer ${token}` }), 401);
    assert.equal(await hook('done', key, { 'x-live-secret': '' }), 401);
    assert.equal(await hook('publish', 'live_nobody'), 403);
    assert.equal(await hook('publish', `${key}x`), 403);
    assert.equal(await hook('done', 'live_nobody'), 200);
    assert.equal(await post('app=live', form), 400);
    assert.equal(await post('{"name":1}', json), 400);
    assert.equal(await post('{', json), 400);
    assert.equal(await post(`name=${key}`, 'text/plain'), 415);
    assert.equal(await post(`name=${'x'.repeat(20_000)}`, form), 413);
  });

  it('kills the old key at once, with what was live under it', async () => {
    const { token } = await market.join();
    const { id, stream_key: old } = (await create(token)).body.data;
    assert.equal(await hook('publish', old), 200);
    const renewed = await renew(token);
    assert.equal(renewed.body.data.rtmp_url, 'rtmp://localhost:1935/live');
    assert.equal((await read(id)).is_live, false);
    assert.equal(await hook('publish', old), 403);
    assert.equal((await own(token)).streams[0].stream_key, keyOf(renewed));
    assert.equal(await hook('publish', keyOf(renewed)), 200);
    assert.equal(await hook('done', old), 200);
    assert.equal((await read(id)).is_live, true);
  });

  it('leaves nothing live when the old key is used in the very moment in which it dies', async () => {
    const { token } = await market.join();
    const { id } = (await create(token)).body.data;
    for (let round = 0; round < 10; round += 1) {
      const old = keyOf(await askKey(token));
      const [used] = await Promise.all([hook('publish', old), renew(token), hook('publish', old)]);
      assert.ok(used === 200 || used === 403);
      assert.equal((await read(id)).is_live, false);
    }
  });
});
