import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sweepFilesOnce } from '../../../../ops/ticker/sweep-files.ts';
import { newFileKey } from '../../../../shared/file-key.ts';
import { createLog } from '../../../../shared/log.ts';
import { type Marketplace, serveMarketplace } from '../serve.ts';

const quotaBytes = 2_000_000;
const maxBytes = 1_000_000;
const nobody = '0197d9a0-0000-7000-8000-000000000001';

describe('edge/marketplace/routes: cloud', function () {
  this.timeout(120_000);
  let market: Marketplace;
  let zoe: { id: string; token: string };
  let other: { id: string; token: string };

  before(async () => {
    market = await serveMarketplace({ CLOUD_QUOTA_BYTES: String(quotaBytes), MAX_UPLOAD_BYTES: String(maxBytes) });
    other = await market.join();
  });
  beforeEach(async () => {
    zoe = await market.join();
  });
  after(() => market.stop());

  interface Sent {
    content: string | Buffer;
    name?: string;
    key?: string;
    method?: string;
    path?: string;
    token?: string;
  }
  async function send({ content, name = 'notes.txt', key, method = 'POST', path = '', token = zoe.token }: Sent) {
    const form = new FormData();
    form.append('file', new File([content], name));
    const headers = { authorization: `Bearer ${token}`, ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const response = await fetch(`${market.url}/api/v1/cloud/files${path}`, { method, body: form, headers });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  }
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    market.call(method, `/api/v1/cloud${path}`, { token: zoe.token, body, headers });
  const upload = async (content: string | Buffer, name?: string): Promise<string> =>
    (await send({ content, ...(name === undefined ? {} : { name }) })).body.data.file.id;
  const contentOf = async (id: string) => (await call('GET', `/files/${id}/content`)).text;
  const versionsOf = async (id: string): Promise<{ version: number; storage_key: string; size_bytes: number }[]> =>
    (await call('GET', `/files/${id}/versions?limit=100`)).body.versions;
  /** Every stored object, finished or not. */
  async function stored(): Promise<string[]> {
    const root = join(market.outside.dir, 'files');
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
  }

  it('answers an upload with the file, and shows it to its owner', async () => {
    const { status, body } = await send({ content: 'hello', name: '../naïve.txt' });
    assert.equal(status, 201);
    const { id, created_at: createdAt, updated_at: updatedAt, ...rest } = body.data.file;
    assert.deepEqual(body, { success: true, data: { file: body.data.file } });
    assert.deepEqual(rest, { filename: 'naïve.txt', size_bytes: 5, mime_type: 'text/plain', current_version: 1 });
    assert.equal(createdAt, updatedAt);
    assert.deepEqual((await call('GET', `/files/${id}`)).body.data.file, body.data.file);
    const second = await upload(Buffer.alloc(0), 'empty.txt');
    const { data } = (await call('GET', '/files')).body;
    assert.deepEqual([data.files.map((file: { id: string }) => file.id), data.total], [[second, id], 2]);
    assert.deepEqual((await call('GET', '/files?limit=1&offset=1')).body.data.files, [body.data.file]);
    assert.equal((await call('GET', '/files?limit=0')).status, 400);
  });

  it('hands out the content, whole and in ranges', async () => {
    const id = await upload('0123456789');
    const whole = await call('GET', `/files/${id}/content`);
    assert.deepEqual([whole.status, whole.text], [200, '0123456789']);
    assert.equal(whole.headers.get('content-type'), 'text/plain; charset=utf-8');
    const part = await call('GET', `/files/${id}/content`, undefined, { range: 'bytes=-3' });
    assert.deepEqual([part.status, part.text, part.headers.get('content-range')], [206, '789', 'bytes 7-9/10']);
    const etag = `"${createHash('sha256').update('0123456789').digest('hex')}"`;
    assert.equal(whole.headers.get('etag'), etag);
    assert.equal((await call('GET', `/files/${id}/content`, undefined, { 'if-none-match': etag })).status, 304);
  });

  it("shows nothing of another user's files, and changes nothing of them", async () => {
    const id = await upload('mine');
    const before = (await call('GET', `/files/${id}`)).body;
    for (const [method, path, body] of [
      ['GET', `/files/${id}`],
      ['GET', `/files/${id}/content`],
      ['GET', `/files/${id}/versions`],
      ['POST', `/files/${id}/versions`],
      ['POST', `/files/${id}/restore/1`],
      ['POST', `/files/${id}/share`, {}],
      ['GET', `/files/${nobody}`],
    ] as const) {
      const answer = await market.call(method, `/api/v1/cloud${path}`, { token: other.token, body });
      assert.deepEqual([answer.status, answer.body.code], [404, 'NOT_FOUND'], `${method} ${path}`);
    }
    assert.equal((await send({ content: 'x', method: 'PUT', path: `/${id}/content`, token: other.token })).status, 404);
    assert.deepEqual((await market.call('GET', '/api/v1/cloud/files', { token: other.token })).body.data, {
      files: [],
      total: 0,
    });
    assert.equal((await market.call('GET', `/api/v1/cloud/files/${id}`)).status, 401);
    assert.deepEqual((await call('GET', `/files/${id}`)).body, before);
    assert.equal((await versionsOf(id)).length, 1);
  });

  it('keeps versions, newest first, that share the stored bytes', async () => {
    const id = await upload('one');
    const snapshot = await call('POST', `/files/${id}/versions`);
    assert.deepEqual([snapshot.status, snapshot.body.data.version], [201, 2]);
    assert.equal((await call('GET', `/files/${id}`)).body.data.file.current_version, 2);
    const replaced = await send({ content: 'three', method: 'PUT', path: `/${id}/content`, name: 'other.md' });
    assert.equal(replaced.status, 200);
    const { filename, current_version: current, size_bytes: sizeBytes } = replaced.body.data.file;
    assert.deepEqual([filename, current, sizeBytes], ['notes.txt', 3, 5]);
    assert.equal(await contentOf(id), 'three');
    const { status, body } = await call('GET', `/files/${id}/versions`);
    assert.deepEqual([status, Object.keys(body)], [200, ['versions']]);
    const [third, second, first] = body.versions;
    assert.deepEqual(Object.keys(first), ['id', 'file_id', 'version', 'storage_key', 'size_bytes', 'created_at']);
    assert.deepEqual([third.version, second.version, first.version], [3, 2, 1]);
    assert.deepEqual([first.file_id, first.size_bytes, third.size_bytes], [id, 3, 5]);
    assert.equal(first.storage_key, second.storage_key);
    assert.notEqual(first.storage_key, third.storage_key);
    assert.deepEqual((await call('GET', `/files/${id}/versions?limit=1&offset=2`)).body.versions, [first]);
    assert.deepEqual((await call('GET', `/files/${id}/versions?offset=3`)).body, { versions: [] });
  });

  it('restores a version, and keeps the present content first', async () => {
    const id = await upload('one');
    await send({ content: 'two!', method: 'PUT', path: `/${id}/content` });
    const { status, body } = await call('POST', `/files/${id}/restore/1`);
    assert.deepEqual([status, body.data.current_version, body.data.file.current_version], [200, 1, 1]);
    assert.equal(await contentOf(id), 'one');
    const versions = await versionsOf(id);
    assert.deepEqual(
      versions.map(({ version, size_bytes: sizeBytes }) => [version, sizeBytes]),
      [
        [3, 4],
        [2, 4],
        [1, 3],
      ],
    );
    await call('POST', `/files/${id}/restore/3`);
    assert.equal(await contentOf(id), 'two!');
    for (const [version, expected] of [
      ['99', 404],
      ['0', 404],
      ['-1', 400],
      ['x', 400],
      ['9999999999', 400],
    ] as const)
      assert.equal((await call('POST', `/files/${id}/restore/${version}`)).status, expected, version);
    assert.equal((await versionsOf(id)).length, 4);
  });

  it('loses no state and no number when a file is changed from all sides at once', async () => {
    const id = await upload('v1');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        if (index % 3 === 0) return send({ content: `content ${index}`, method: 'PUT', path: `/${id}/content` });
        return index % 3 === 1 ? call('POST', `/files/${id}/versions`) : call('POST', `/files/${id}/restore/1`);
      }),
    );
    assert.deepEqual(
      answers.filter(({ status }) => status >= 300),
      [],
    );
    const versions = await versionsOf(id);
    assert.deepEqual(
      versions.map(({ version }) => version),
      Array.from({ length: 13 }, (_, index) => 13 - index),
    );
    // Each content that was ever put is still there.
    assert.equal(new Set(versions.map(version => version.storage_key)).size, 5);
    const { file } = (await call('GET', `/files/${id}`)).body.data;
    const current = versions.find(({ version }) => version === file.current_version);
    const { stream } = (await market.outside.ports.files.read(String(current?.storage_key)))!;
    assert.equal(await contentOf(id), await text(stream));
  });

  it('answers a repeated upload once, by its bytes, and keeps nothing of the repeat', async () => {
    const key = randomUUID();
    const first = await send({ content: 'same', key });
    const before = await stored();
    const again = await send({ content: 'same', key });
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.deepEqual(
      [first, again].map(({ headers }) => headers.get('idempotent-replayed')),
      [null, 'true'],
    );
    for (const different of [{ content: 'else' }, { content: 'same', name: 'b.txt' }]) {
      const { status, body } = await send({ ...different, key });
      assert.deepEqual([status, body.code], [422, 'IDEMPOTENCY_CONFLICT']);
    }
    assert.deepEqual((await stored()).sort(), before.sort());
    assert.equal((await call('GET', '/files')).body.data.total, 1);
  });

  it('makes one file of the same upload sent twice at once', async () => {
    const key = randomUUID();
    const before = (await stored()).length;
    const answers = await Promise.all([1, 2, 3].map(() => send({ content: randomBytesOnce, key })));
    const made = answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotent-replayed'));
    assert.equal(made.length, 1);
    for (const { status, body } of answers)
      assert.ok(status === 201 ? body.data.file.id === made[0]?.body.data.file.id : status === 409, String(status));
    assert.equal((await call('GET', '/files')).body.data.total, 1);
    assert.equal((await stored()).length, before + 1);
  });
  const randomBytesOnce = randomBytes(300_000);

  it('holds the quota, however many uploads end at once, and leaves nothing of what it refuses', async () => {
    const before = (await stored()).length;
    const answers = await Promise.all([1, 2, 3, 4].map(() => send({ content: randomBytes(800_000) })));
    const refused = answers.filter(({ status }) => status !== 201);
    assert.deepEqual(
      refused.map(({ status, body }) => [status, body.code]),
      [
        [413, 'QUOTA_EXCEEDED'],
        [413, 'QUOTA_EXCEEDED'],
      ],
    );
    assert.equal((await stored()).length, before + 2);
    const [id] = answers.filter(({ status }) => status === 201).map(({ body }) => body.data.file.id as string);
    assert.equal((await call('POST', `/files/${id}/versions`)).status, 201);
    const replaced = await send({ content: randomBytes(800_000), method: 'PUT', path: `/${id}/content` });
    assert.deepEqual([replaced.status, (await versionsOf(String(id))).length], [413, 2]);
    assert.equal((await send({ content: randomBytes(400_000) })).status, 201);
    assert.equal((await send({ content: 'x' })).status, 413);
    assert.equal((await send({ content: '' })).status, 201);
  });

  it('refuses a file that is too large', async () => {
    const { status, body } = await send({ content: Buffer.alloc(maxBytes + 1) });
    assert.deepEqual([status, body.code], [413, 'FILE_TOO_LARGE']);
  });

  it('sweeps stored objects that no row refers to, a day after they were written', async () => {
    const { files } = market.outside.ports;
    const root = join(market.outside.dir, 'files');
    const kept = await upload('kept by its file');
    await send({ content: 'kept by its version', method: 'PUT', path: `/${kept}/content` });
    await call('POST', `/files/${kept}/restore/1`);
    const options = { contentType: 'text/plain', maxBytes: 100 };
    const [orphan, young, others] = [newFileKey('cloud'), newFileKey('gear'), newFileKey('invoices')];
    for (const key of [orphan, young, others, 'tmp/half']) await files.write(key, Buffer.from('x'), options);
    const before = await stored();
    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    for (const key of before) if (key !== young) await utimes(join(root, key), longAgo, longAgo);
    const deps = { db: market.db, ports: { files }, log: createLog({ level: 'silent', name: 'test' }) };
    assert.equal(await sweepFilesOnce(deps), 2);
    assert.deepEqual((await stored()).sort(), before.filter(key => key !== orphan && key !== 'tmp/half').sort());
    assert.equal(await sweepFilesOnce(deps), 0);
    assert.equal(await contentOf(kept), 'kept by its file');
  });
});
