import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { answerContent, contentResponses, type StoredContent } from '../../edge/content.ts';
import { fileRoutes } from '../../edge/file-routes.ts';
import { defineRoute } from '../../edge/route.ts';
import { signFile } from '../../shared/file-signature.ts';
import { eventually } from '../support/eventually.ts';
import { serveFiles, type ServedFiles } from '../support/files.ts';
import { RawConnection } from '../support/raw-http.ts';

const text = '0123456789';
const sha256 = createHash('sha256').update(text).digest('hex');
const etag = `"${sha256}"`;

describe('stored content', () => {
  let served: ServedFiles;
  let content: StoredContent;

  const read = defineRoute({
    method: 'GET',
    path: '/content',
    summary: 'Read',
    roles: 'public',
    idempotency: 'none',
    response: contentResponses,
    handler: request => answerContent(request, request.edge.ports.files, content),
  });

  before(async () => {
    served = await serveFiles([read, ...fileRoutes]);
    await served.files.write('trial/digits', Buffer.from(text), { contentType: 'text/plain', maxBytes: 100 });
    await served.files.write('trial/empty', Buffer.alloc(0), { contentType: 'text/plain', maxBytes: 100 });
  });
  beforeEach(() => {
    content = {
      key: 'trial/digits',
      sizeBytes: 10,
      sha256,
      filename: 'naïve.txt',
      contentType: 'text/plain',
      disposition: 'inline',
    };
  });
  after(() => served.stop());

  async function get(headers: Record<string, string> = {}, path = '/content', method = 'GET') {
    const response = await fetch(served.url + path, { method, headers: { connection: 'close', ...headers } });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  it('says what it is, who may keep it, and that nothing runs in it', async () => {
    const { status, headers, text: body } = await get();
    assert.deepEqual([status, body], [200, text]);
    const expected: Record<string, string> = {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '10',
      'content-disposition': `inline; filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt`,
      'accept-ranges': 'bytes',
      etag,
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(headers.get(name), value, name);
  });

  it('is saved, not shown, where something could run in it', async () => {
    for (const [contentType, shown] of [
      ['text/html', 'attachment'],
      ['image/svg+xml', 'attachment'],
      ['application/pdf', 'attachment'],
      ['image/png', 'inline'],
      ['video/mp4', 'inline'],
    ] as const) {
      content.contentType = contentType;
      assert.equal((await get()).headers.get('content-disposition')?.split(';')[0], shown, contentType);
    }
  });

  it('is told about without its bytes at HEAD', async () => {
    const { status, headers, text: body } = await get({}, '/content', 'HEAD');
    assert.deepEqual([status, headers.get('content-length'), body], [200, '10', '']);
  });

  const parts: [string, string, string][] = [
    ['bytes=0-0', '0', '0-0'],
    ['bytes=3-5', '345', '3-5'],
    ['bytes=7-', '789', '7-9'],
    ['bytes=8-99', '89', '8-9'],
    ['bytes=-3', '789', '7-9'],
    ['bytes=-99', text, '0-9'],
    ['BYTES = 0-1', '01', '0-1'],
  ];
  for (const [range, body, told] of parts) {
    it(`is answered in part for ${range}`, async () => {
      const answer = await get({ range });
      assert.deepEqual([answer.status, answer.text], [206, body]);
      assert.equal(answer.headers.get('content-range'), `bytes ${told}/10`);
      assert.equal(answer.headers.get('content-length'), String(body.length));
      assert.equal(answer.headers.get('etag'), etag);
    });
  }

  for (const range of ['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=999999999999999-']) {
    it(`has no byte of ${range}: 416`, async () => {
      const answer = await get({ range });
      assert.deepEqual([answer.status, answer.text], [416, '']);
      assert.equal(answer.headers.get('content-range'), 'bytes */10');
    });
  }

  for (const range of [
    'bytes=0-1,3-4',
    'bytes=5-3',
    'bytes=-',
    'bytes=a-b',
    'lines=0-1',
    `bytes=0-${'9'.repeat(400)}`,
  ]) {
    it(`is answered whole for ${range.slice(0, 20)}`, async () => {
      const answer = await get({ range });
      assert.deepEqual([answer.status, answer.text], [200, text]);
    });
  }

  it('is answered in part only if If-Range names just this content', async () => {
    const range = 'bytes=0-0';
    assert.equal((await get({ range, 'if-range': etag })).status, 206);
    for (const other of [`W/${etag}`, '"other"', 'Tue, 10 Feb 2026 08:00:00 GMT'])
      assert.equal((await get({ range, 'if-range': other })).status, 200, other);
  });

  it('is not sent again to who has it', async () => {
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const answer = await get({ 'if-none-match': tag });
      assert.deepEqual([answer.status, answer.text, answer.headers.get('etag')], [304, '', etag], tag);
    }
    assert.equal((await get({ 'if-none-match': '"x"' })).status, 200);
  });

  it('may be empty, and then has no range', async () => {
    content = { ...content, key: 'trial/empty', sizeBytes: 0 };
    assert.deepEqual((await get()).text, '');
    assert.equal((await get({ range: 'bytes=0-' })).status, 416);
    assert.equal((await get({ range: 'bytes=-1' })).status, 416);
  });

  it('is not found once the store has lost it', async () => {
    content.key = 'trial/lost';
    assert.equal((await get()).status, 404);
  });

  it('lets go of the file when its reader leaves', async () => {
    const { files } = served;
    const sizeBytes = 50_000_000;
    await files.write('trial/large', Buffer.alloc(sizeBytes), { contentType: 'text/plain', maxBytes: sizeBytes });
    content = { ...content, key: 'trial/large', sizeBytes };
    const opened = files.read;
    let stream: Readable | undefined;
    files.read = async (...request) => {
      const found = await opened(...request);
      stream = found?.stream;
      return found;
    };
    const connection = await RawConnection.open(served.url);
    connection.send('GET /content HTTP/1.1\r\nhost: x\r\n\r\n');
    await eventually(() => assert.ok(stream));
    assert.equal(stream?.destroyed, false);
    connection.close();
    await eventually(() => assert.ok(stream?.destroyed));
    files.read = opened;
  });

  describe('at a signed address', () => {
    const grant = { filename: 'digits.txt', contentType: 'text/plain', disposition: 'attachment' } as const;
    const pathOf = async (key: string, expiresInS = 60) =>
      new URL(await served.files.signedUrl(key, { expiresInS, ...grant })).pathname;

    it('is read by anybody, in ranges too', async () => {
      const path = await pathOf('trial/digits');
      const whole = await get({}, path);
      assert.deepEqual([whole.status, whole.text], [200, text]);
      assert.match(String(whole.headers.get('content-disposition')), /^attachment; filename="digits.txt"/);
      const part = await get({ range: 'bytes=-2' }, path);
      assert.deepEqual([part.status, part.text, part.headers.get('content-range')], [206, '89', 'bytes 8-9/10']);
      // Without an ETag nothing can be the same as before.
      assert.equal((await get({ range: 'bytes=-2', 'if-range': etag }, path)).status, 200);
    });

    it('is gone once that has expired, and nothing for one that we did not sign', async () => {
      assert.equal((await get({}, await pathOf('trial/digits', -1))).status, 410);
      const forged = signFile({ key: 'trial/digits', expiresAtS: 1e11, ...grant }, ['another secret']);
      assert.equal((await get({}, `/files/${forged}`)).status, 404);
      assert.equal((await get({}, '/files/trial')).status, 404);
      assert.equal((await get({}, await pathOf('trial/lost'))).status, 404);
    });
  });
});
