import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { openStaffing, type Client, type Staffing, type Tenant } from '../../support/staffing.ts';
import { pdf, png, profileCalls } from './profile-calls.ts';

const megabyte = 1_048_576;

describe('edge/workforce/routes: files and the model', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let zoe: Client;

  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
  });
  beforeEach(async () => {
    zoe = await staffing.addClient(tenant);
    staffing.outside.model.clear();
  });
  after(() => staffing.stop());

  const { sendFile } = profileCalls(
    () => staffing,
    () => zoe,
  );
  const upload = (content: Buffer, more: Parameters<typeof sendFile>[2] = {}) =>
    sendFile('/upload-file', content, more);
  const post = (path: string, body: unknown, more: { token?: string; key?: string } = {}) =>
    staffing.call('POST', path, { token: zoe.token, body, ...more });
  const sign = (fileUri: string, more: object = {}, token = zoe.token) =>
    post('/create-signed-url', { fileUri, ...more }, { token });
  const ask = (body: object, more: { key?: string } = {}) =>
    post('/invoke-llm', { prompt: 'Say hello', ...body }, more);

  it('stores a file, and answers where, with its type by its bytes', async () => {
    const { status, body } = await upload(pdf, {
      name: 'not-a.png',
      fields: { visibility: 'public', category: 'menu' },
    });
    assert.equal(status, 200);
    const { requestId: _, ...file } = body;
    assert.deepEqual(file, {
      fileUri: `millrace://public/${body.path}`,
      contentType: 'application/pdf',
      size: pdf.length,
      bucket: 'public',
      path: body.path,
    });
    const row = await staffing.db.one('select * from workforce.files where storage_key = $1', [body.path]);
    assert.deepEqual(
      [row.tenantId, row.userId, row.filename, row.category, row.sha256],
      [tenant.id, zoe.userId, 'not-a.png', 'menu', createHash('sha256').update(pdf).digest('hex')],
    );
    assert.equal((await upload(png)).body.contentType, 'image/png');
    assert.equal((await upload(png)).body.bucket, 'private');
  });

  it('refuses files by their bytes and their size, and keeps nothing of them', async () => {
    const html = await upload(Buffer.from('<html>'), { name: 'a.pdf' });
    assert.deepEqual([html.status, html.body.code], [415, 'INVALID_FILE_TYPE']);
    const [full, over] = [10 * megabyte, 10 * megabyte + 1].map(bytes =>
      Buffer.concat([pdf, randomBytes(bytes - pdf.length)]),
    ) as [Buffer, Buffer];
    const large = await upload(over);
    assert.deepEqual([large.status, large.body.code], [413, 'FILE_TOO_LARGE']);
    const key = randomUUID();
    const fits = await upload(full, { key });
    assert.deepEqual([fits.status, fits.body.size], [200, full.length]);
    const again = await upload(full, { key });
    assert.deepEqual([again.headers.get('idempotent-replayed'), again.body.path], ['true', fits.body.path]);
    assert.equal((await upload(pdf, { key })).status, 422);
    const stored: string[] = [];
    for await (const file of staffing.outside.ports.files.list('workforce/')) stored.push(file.key);
    const rows = await staffing.db.any<{ storageKey: string }>('select storage_key from workforce.files');
    assert.deepEqual(stored.sort(), rows.map(({ storageKey }) => storageKey).sort());
  });

  it('limits uploads to thirty a minute', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 31; count += 1) statuses.push((await upload(png)).status);
    assert.deepEqual([new Set(statuses.slice(0, 30)), statuses[30]], [new Set([200]), 429]);
    const { headers, body } = await upload(png);
    assert.equal(body.code, 'RATE_LIMITED');
    assert.ok(Number(headers.get('retry-after')) > 0 && headers.get('ratelimit')?.includes('r=0'));
  });

  it('hands out an address at which the file can be read, to whoever uploaded it alone', async () => {
    const { fileUri } = (await upload(pdf)).body;
    const { status, body } = await sign(fileUri, { expiresInSeconds: 60 });
    assert.equal(status, 200);
    const left = Date.parse(body.expiresAt) - Date.now();
    assert.ok(left > 50_000 && left <= 60_000);
    const read = await fetch(body.signedUrl);
    assert.deepEqual([read.status, Buffer.from(await read.arrayBuffer())], [200, pdf]);
    assert.equal(read.headers.get('content-type'), 'application/pdf');
    const colleague = await staffing.addClient(tenant, { businessId: zoe.businessId });
    assert.deepEqual((await sign(fileUri, {}, colleague.token)).status, 404);
    for (const wrong of [{ expiresInSeconds: 901 }, { expiresInSeconds: 0 }, { key: 'x' }])
      assert.equal((await sign(fileUri, wrong)).status, 400);
  });

  it('hands out no address of a file that is not there', async () => {
    const { fileUri, path } = (await upload(pdf)).body;
    await staffing.outside.ports.files.delete(path);
    for (const uri of [fileUri, fileUri.slice(0, -1), 'millrace://private/a', 'file:///etc/passwd', '']) {
      const { status, body } = await sign(uri);
      assert.deepEqual([status, body.code], [404, 'FILE_NOT_FOUND'], uri);
    }
  });

  it('keeps a signed address for its key, but where nobody reads it', async () => {
    const { fileUri } = (await upload(pdf)).body;
    const key = randomUUID();
    const [first, again] = [
      await post('/create-signed-url', { fileUri }, { key }),
      await post('/create-signed-url', { fileUri }, { key }),
    ];
    assert.deepEqual([again.body.signedUrl, again.headers.get('idempotent-replayed')], [first.body.signedUrl, 'true']);
    const kept = await staffing.db.one('select body from core.idempotency where key = $1', [key]);
    assert.match(kept.body, /^sealed:/);
  });

  it('asks the model, for a text or for JSON of a shape', async () => {
    const key = randomUUID();
    const { status, body } = await ask({}, { key });
    assert.equal(status, 200);
    assert.match(body.result, /Say hello/);
    assert.ok(body.model !== '' && body.latencyMs >= 0);
    const again = await ask({}, { key });
    assert.deepEqual([again.body.result, again.headers.get('idempotent-replayed')], [body.result, 'true']);
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    const shaped = await ask({ responseJsonSchema: schema });
    assert.equal(typeof shaped.body.result.name, 'string');
    assert.equal(staffing.outside.model.state().completions.length, 2);
  });

  it('shows the model images of the caller, and looks at no other address', async () => {
    const { fileUri } = (await upload(png)).body;
    assert.equal((await ask({ prompt: 'Look', fileUrls: [fileUri] })).status, 200);
    const asked = staffing.outside.model.state().completions.at(-1);
    assert.deepEqual(asked?.images, [
      { contentType: 'image/png', bytes: png.length, sha256: createHash('sha256').update(png).digest('hex') },
    ]);
    const paper = (await upload(pdf)).body.fileUri;
    assert.equal((await ask({ fileUrls: [paper] })).status, 415);
    const colleague = await staffing.addClient(tenant);
    const stolen = await staffing.call('POST', '/invoke-llm', {
      token: colleague.token,
      body: { prompt: 'x', fileUrls: [fileUri] },
    });
    assert.equal(stolen.status, 404);
    for (const url of ['https://example.com/a.png', 'http://169.254.169.254/', 'data:image/png;base64,AA'])
      assert.equal((await ask({ fileUrls: [url] })).status, 404, url);
    assert.equal((await ask({ fileUrls: Array.from({ length: 6 }, () => fileUri) })).status, 400);
  });

  it('says that the model failed, and asks it anew when the request is sent again', async () => {
    for (const fault of ['server_error', 'rate_limit', 'garbage', 'drop', 'refusal'] as const) {
      staffing.outside.model.arm({ fault });
      const key = randomUUID();
      const failed = await ask({}, { key });
      assert.deepEqual([failed.status, failed.body.code], [502, 'MODEL_FAILED'], fault);
      assert.equal((await ask({}, { key })).status, 200, fault);
    }
    staffing.outside.model.arm({ fault: 'off_schema' });
    assert.equal((await ask({ responseJsonSchema: { type: 'object' } })).status, 502);
  });

  it('says that there is no model where none is configured', async () => {
    const { ports } = staffing.edge.services;
    const { model } = ports;
    ports.model = null;
    const { status, body } = await ask({});
    ports.model = model;
    assert.deepEqual([status, body.code], [503, 'MODEL_NOT_CONFIGURED']);
  });
});
