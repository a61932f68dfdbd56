import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { defineRoute } from '../../edge/route.ts';
import { receiveUpload } from '../../edge/upload.ts';
import type { FilesPort } from '../../shared/ports/files.ts';
import { eventually } from '../support/eventually.ts';
import { formOf, serveFiles, type ServedFiles } from '../support/files.ts';
import { RawConnection } from '../support/raw-http.ts';

const maxBytes = 1_000_000;
const fields = z.strictObject({ note: z.string().max(10).optional() });
const file = (content: string | Buffer, name = 'a.txt', field = 'file') => ({
  headers: `content-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: text/html`,
  content,
});
const field = (name: string, content: string) => ({
  headers: `content-disposition: form-data; name="${name}"`,
  content,
});

describe('an upload', function () {
  this.timeout(30_000);
  let served: ServedFiles;
  /** Puts itself between a route and the store, for one test. */
  let store: Partial<FilesPort> = {};
  let idleMs = 30_000;
  let socket: Socket;

  const upload = defineRoute({
    method: 'POST',
    path: '/upload',
    summary: 'Upload',
    roles: 'public',
    bodyKind: 'stream',
    idempotency: 'none',
    response: { 201: z.unknown() },
    async handler(request) {
      ({ socket } = request.stream as unknown as { socket: Socket });
      const { files } = request.edge.ports;
      const form = {
        key: `trial/${randomUUID()}`,
        maxBytes: Number(request.headers['x-max'] ?? maxBytes),
        fields,
        idleMs,
      };
      return { status: 201, body: await receiveUpload(request, { ...files, ...store }, form) };
    },
  });

  before(async () => {
    served = await serveFiles([upload]);
  });
  beforeEach(() => {
    store = {};
    idleMs = 30_000;
  });
  afterEach(async () => {
    for (const path of await served.left()) await served.files.delete(path);
  });
  after(() => served.stop());

  async function post(body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${served.url}/upload`, {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    } as RequestInit);
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    return { status: response.status, body: (await response.json()) as any };
  }
  const postForm = (...parts: { headers: string; content: string | Buffer }[]) =>
    post(formOf('xx', parts), { 'content-type': 'multipart/form-data; boundary=xx' });

  it('is in the store when it is answered, with its size, SHA-256, clean name, and type by its bytes', async () => {
    const form = new FormData();
    form.append('note', 'first');
    const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(300_000)]);
    form.append('file', new File([content], '../../naïve.txt', { type: 'text/html' }));
    const { status, body } = await post(form);
    assert.equal(status, 201);
    const { key, fingerprint, ...rest } = body;
    assert.deepEqual(rest, {
      sizeBytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      filename: 'naïve.txt',
      contentType: 'application/pdf',
      fields: { note: 'first' },
    });
    assert.match(fingerprint, /^[0-9a-f]{64}$/);
    assert.deepEqual(await served.left(), [key]);
  });

  it('may be empty', async () => {
    const { status, body } = await postForm(file(''));
    assert.deepEqual([status, body.sizeBytes], [201, 0]);
  });

  it('has the same fingerprint however it is cut into parts, and another one for other bytes, names or fields', async () => {
    const prints: string[] = [];
    for (const parts of [
      [file('x'), field('note', 'n')],
      [field('note', 'n'), { ...file('x'), headers: `${file('x').headers}\r\nx-more: 1` }],
      [file('y'), field('note', 'n')],
      [file('x', 'b.txt'), field('note', 'n')],
      [file('x'), field('note', 'm')],
    ])
      prints.push((await postForm(...parts)).body.fingerprint);
    assert.equal(prints[0], prints[1]);
    assert.equal(new Set(prints).size, 4);
  });

  describe('is refused, and leaves nothing,', () => {
    const multipart = 'multipart/form-data; boundary=xx';
    const good = formOf('xx', [file('x')]);
    const cases: [string, number, string, Buffer, RegExp][] = [
      ['as JSON', 415, 'application/json', Buffer.from('{}'), /multipart\/form-data/],
      ['as a plain form', 415, 'application/x-www-form-urlencoded', Buffer.from('file=x'), /multipart\/form-data/],
      ['without a boundary', 400, 'multipart/form-data', good, /boundary/],
      ['with another boundary', 400, 'multipart/form-data; boundary=yy', good, /broken, or ended early/],
      ['without its end', 400, multipart, good.subarray(0, -6), /broken, or ended early/],
      ['in the middle of a part header', 400, multipart, good.subarray(0, 20), /broken, or ended early/],
      ['with a broken part header', 400, multipart, Buffer.from('--xx\r\nno colon\r\n\r\nx\r\n--xx--\r\n'), /broken/],
      ['with nothing in it', 400, multipart, Buffer.alloc(0), /broken, or ended early/],
      ['without a file', 400, multipart, formOf('xx', [field('note', 'x')]), /no file/],
      [
        'with an empty file input',
        400,
        multipart,
        formOf('xx', [
          {
            ...file(''),
            headers:
              'content-disposition: form-data; name="file"; filename=""\r\ncontent-type: application/octet-stream',
          },
        ]),
        /no file/,
      ],
      ['with the file in another field', 400, multipart, formOf('xx', [file('x', 'a.txt', 'files')]), /field "file"/],
      ['with two files', 400, multipart, formOf('xx', [file('x'), file('y')]), /One file/],
      ['with an unknown field', 400, multipart, formOf('xx', [file('x'), field('colour', 'red')]), /colour/],
      [
        'with an unknown field that objects have',
        400,
        multipart,
        formOf('xx', [file('x'), field('__proto__', 'x')]),
        /Invalid body/,
      ],
      [
        'with a field twice',
        400,
        multipart,
        formOf('xx', [field('note', '1'), file('x'), field('note', '2')]),
        /twice/,
      ],
      [
        'with a field that is too long',
        400,
        multipart,
        formOf('xx', [file('x'), field('note', 'x'.repeat(11))]),
        /note/,
      ],
      ['with a huge field', 400, multipart, formOf('xx', [file('x'), field('note', 'x'.repeat(20_000))]), /too long/],
      [
        'with many fields',
        400,
        multipart,
        formOf('xx', [file('x'), ...Array.from({ length: 21 }, (_, n) => field(`f${n}`, ''))]),
        /too many/,
      ],
      ['with U+0000 in a field', 400, multipart, formOf('xx', [file('x'), field('note', 'a\0b')]), /U\+0000/],
      [
        'one byte over the limit',
        413,
        multipart,
        formOf('xx', [file(Buffer.alloc(maxBytes + 1))]),
        /larger than 1000000 bytes/,
      ],
      [
        'with endless words before its first part',
        413,
        multipart,
        Buffer.alloc(maxBytes + 600_000, 'x'),
        /larger than/,
      ],
    ];
    for (const [what, status, type, bytes, message] of cases) {
      it(`${what}: ${status}`, async () => {
        // Chunked: no Content-Length tells in advance.
        const answer = await post(Readable.from(bytes.length > 0 ? [bytes] : []), { 'content-type': type });
        assert.deepEqual([answer.status, message.test(answer.body.detail)], [status, true], answer.body.detail);
        assert.deepEqual(await served.left(), []);
      });
    }

    it('compressed: 415', async () => {
      const { status } = await post(good, { 'content-type': multipart, 'content-encoding': 'gzip' });
      assert.equal(status, 415);
    });

    it('when its Content-Length alone is too much, before any of it has come: 413', async () => {
      const connection = await RawConnection.open(served.url);
      connection.send(
        `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: 9999999\r\n\r\n`,
      );
      const { status, body } = await connection.answer();
      assert.deepEqual([status, JSON.parse(body).code], [413, 'FILE_TOO_LARGE']);
      connection.close();
    });

    it('when its Content-Length says less than comes: 400', async () => {
      const connection = await RawConnection.open(served.url);
      connection.send(
        `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: ${good.length - 4}\r\n\r\n`,
        good,
      );
      assert.equal((await connection.answer()).status, 400);
      connection.close();
      await eventually(async () => assert.deepEqual(await served.left(), []));
    });

    it('while it is still being sent, and the sender reads why: 413', async () => {
      const request = httpRequest(`${served.url}/upload`, { method: 'POST', headers: { 'content-type': multipart } });
      request.on('error', () => {});
      request.write(formOf('xx', [file(Buffer.alloc(maxBytes + 1))]).subarray(0, -8));
      const [response] = await once(request, 'response');
      assert.equal(response.statusCode, 413);
      assert.deepEqual(await served.left(), []);
      request.destroy();
    });

    it('when it is cut off half-way', async () => {
      const connection = await RawConnection.open(served.url);
      connection.send(
        `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: 900000\r\n\r\n`,
      );
      connection.send(formOf('xx', [file(randomBytes(500_000))]).subarray(0, 400_000));
      await eventually(async () => assert.equal((await served.left()).length, 1));
      connection.close();
      await eventually(async () => assert.deepEqual(await served.left(), []));
    });

    it('when the client falls silent: 408', async () => {
      idleMs = 50;
      const connection = await RawConnection.open(served.url);
      connection.send(`POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: 900\r\n\r\n`);
      connection.send(good.subarray(0, 60));
      assert.equal((await connection.answer()).status, 408);
      assert.deepEqual(await served.left(), []);
      connection.close();
    });

    it('when the store fails: 503', async () => {
      store = { write: (key, content, options) => served.files.write(`${key}/\0`, content, options) };
      assert.equal((await postForm(file('x'))).status, 500);
      store = {
        async write(key, content, options) {
          await served.files.write(`${key}/below`, Buffer.from('in the way'), options);
          return served.files.write(key, content, options);
        },
      };
      assert.equal((await postForm(file(randomBytes(400_000)))).status, 503);
      const left = await served.left();
      assert.deepEqual([left.length, left[0]?.endsWith('/below')], [1, true]);
    });
  });

  it('leaves a connection usable after a refusal', async () => {
    const connection = await RawConnection.open(served.url);
    for (const [parts, expected] of [
      [[file('x'), file('y')], 400],
      [[file('x')], 201],
    ] as const) {
      const body = formOf('xx', parts);
      connection.send(
        `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=xx\r\ncontent-length: ${body.length}\r\n\r\n`,
        body,
      );
      assert.equal((await connection.answer()).status, expected);
    }
    connection.close();
  });

  it('is read no faster than the store takes it, and waits for a slow store', async () => {
    const megabytes = 50;
    let release = () => {};
    const held = new Promise<void>(resolve => (release = resolve));
    let takenBytes = 0;
    idleMs = 100;
    store = {
      write(key, content, options) {
        async function* slowly() {
          for await (const chunk of content as AsyncIterable<Uint8Array>) {
            takenBytes += chunk.length;
            if (takenBytes > 2_000_000) await held;
            yield chunk;
          }
        }
        return served.files.write(key, slowly(), options);
      },
    };
    const megabyte = randomBytes(1_000_000);
    const hash = createHash('sha256');
    let sentBytes = 0;
    async function* body() {
      const [head, tail] = formOf('xx', [file('~')])
        .toString()
        .split('~') as [string, string];
      yield Buffer.from(head);
      for (let count = 0; count < megabytes; count += 1) {
        hash.update(megabyte);
        sentBytes += megabyte.length;
        yield megabyte;
      }
      yield Buffer.from(tail);
    }
    const answer = post(Readable.from(body()), {
      'content-type': 'multipart/form-data; boundary=xx',
      'x-max': String(megabytes * 1_000_000),
    });
    const heldFrom = await eventually(() => {
      assert.ok(takenBytes > 2_000_000);
      return performance.now();
    });
    // Longer than a client may be silent.
    await eventually(() => assert.ok(performance.now() - heldFrom > 3 * idleMs));
    assert.ok(socket.bytesRead < 3_500_000, `${socket.bytesRead} bytes were taken in`);
    assert.ok(sentBytes < megabytes * 1_000_000);
    release();
    const { status, body: stored } = await answer;
    assert.deepEqual([status, stored.sizeBytes, stored.sha256], [201, megabytes * 1_000_000, hash.digest('hex')]);
  });
});
