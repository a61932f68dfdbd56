import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { eventually } from '../support/eventually.ts';
import { RawConnection } from '../support/raw-http.ts';
import { fieldPart, filePart, formOf, maxUploadBytes, serveUploads, type ServedUploads } from '../support/upload.ts';

describe('a multipart form is refused, and leaves nothing,', function () {
  this.timeout(30_000);
  let uploads: ServedUploads;

  before(async () => {
    uploads = await serveUploads();
  });
  afterEach(() => uploads.reset());
  after(() => uploads.stop());

  const multipart = 'multipart/form-data; boundary=xx';
  const good = formOf('xx', [filePart('x')]);
  const cases: [string, number, string, Buffer, RegExp][] = [
    ['as JSON', 415, 'application/json', Buffer.from('{}'), /multipart\/form-data/],
    ['as a plain form', 415, 'application/x-www-form-urlencoded', Buffer.from('file=x'), /multipart\/form-data/],
    ['without a boundary', 400, 'multipart/form-data', good, /boundary/],
    ['with another boundary', 400, 'multipart/form-data; boundary=yy', good, /broken, or ended early/],
    ['without its end', 400, multipart, good.subarray(0, -6), /broken, or ended early/],
    ['in the middle of a part header', 400, multipart, good.subarray(0, 20), /broken, or ended early/],
    ['with a broken part header', 400, multipart, Buffer.from('--xx\r\nno colon\r\n\r\nx\r\n--xx--\r\n'), /broken/],
    ['with nothing in it', 400, multipart, Buffer.alloc(0), /broken, or ended early/],
    ['without a file', 400, multipart, formOf('xx', [fieldPart('note', 'x')]), /no file/],
    [
      'with an empty file input',
      400,
      multipart,
      formOf('xx', [
        {
          ...filePart(''),
          headers: 'content-disposition: form-data; name="file"; filename=""\r\ncontent-type: application/octet-stream',
        },
      ]),
      /no file/,
    ],
    ['with the file in another field', 400, multipart, formOf('xx', [filePart('x', 'a.txt', 'files')]), /field "file"/],
    ['with two files', 400, multipart, formOf('xx', [filePart('x'), filePart('y')]), /One file/],
    ['with an unknown field', 400, multipart, formOf('xx', [filePart('x'), fieldPart('colour', 'red')]), /colour/],
    [
      'with an unknown field that objects have',
      400,
      multipart,
      formOf('xx', [filePart('x'), fieldPart('__proto__', 'x')]),
      /Invalid body/,
    ],
    [
      'with a field twice',
      400,
      multipart,
      formOf('xx', [fieldPart('note', '1'), filePart('x'), fieldPart('note', '2')]),
      /twice/,
    ],
    [
      'with a field that is too long',
      400,
      multipart,
      formOf('xx', [filePart('x'), fieldPart('note', 'x'.repeat(11))]),
      /note/,
    ],
    [
      'with a huge field',
      400,
      multipart,
      formOf('xx', [filePart('x'), fieldPart('note', 'x'.repeat(20_000))]),
      /too long/,
    ],
    [
      'with many fields',
      400,
      multipart,
      formOf('xx', [filePart('x'), ...Array.from({ length: 21 }, (_, n) => fieldPart(`f${n}`, ''))]),
      /too many/,
    ],
    ['with U+0000 in a field', 400, multipart, formOf('xx', [filePart('x'), fieldPart('note', 'a\0b')]), /U\+0000/],
    [
      'one byte over the limit',
      413,
      multipart,
      formOf('xx', [filePart(Buffer.alloc(maxUploadBytes + 1))]),
      /larger than 1000000 bytes/,
    ],
    [
      'with endless words before its first part',
      413,
      multipart,
      Buffer.alloc(maxUploadBytes + 600_000, 'x'),
      /larger than/,
    ],
  ];
  for (const [what, status, type, bytes, message] of cases) {
    it(`${what}: ${status}`, async () => {
      // Chunked: no Content-Length tells in advance.
      const answer = await uploads.post(Readable.from(bytes.length > 0 ? [bytes] : []), { 'content-type': type });
      assert.deepEqual([answer.status, message.test(answer.body.detail)], [status, true], answer.body.detail);
      assert.deepEqual(await uploads.left(), []);
    });
  }

  it('compressed: 415', async () => {
    const { status } = await uploads.post(good, { 'content-type': multipart, 'content-encoding': 'gzip' });
    assert.equal(status, 415);
  });

  it('when its Content-Length alone is too much, before any of it has come: 413', async () => {
    const connection = await RawConnection.open(uploads.url);
    connection.send(
      `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: 9999999\r\n\r\n`,
    );
    const { status, body } = await connection.answer();
    assert.deepEqual([status, JSON.parse(body).code], [413, 'FILE_TOO_LARGE']);
    connection.close();
  });

  it('when its Content-Length says less than comes: 400', async () => {
    const connection = await RawConnection.open(uploads.url);
    connection.send(
      `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: ${good.length - 4}\r\n\r\n`,
      good,
    );
    assert.equal((await connection.answer()).status, 400);
    connection.close();
    await eventually(async () => assert.deepEqual(await uploads.left(), []));
  });

  it('while it is still being sent, and the sender reads why: 413', async () => {
    const request = httpRequest(`${uploads.url}/upload`, { method: 'POST', headers: { 'content-type': multipart } });
    request.on('error', () => {});
    request.write(formOf('xx', [filePart(Buffer.alloc(maxUploadBytes + 1))]).subarray(0, -8));
    const [response] = await once(request, 'response');
    assert.equal(response.statusCode, 413);
    assert.deepEqual(await uploads.left(), []);
    request.destroy();
  });

  it('when it is cut off half-way', async () => {
    const connection = await RawConnection.open(uploads.url);
    connection.send(`POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: 900000\r\n\r\n`);
    connection.send(formOf('xx', [filePart(randomBytes(500_000))]).subarray(0, 400_000));
    await eventually(async () => assert.equal((await uploads.left()).length, 1));
    connection.close();
    await eventually(async () => assert.deepEqual(await uploads.left(), []));
  });

  it('when something is wrong behind a file that is in the store already', async () => {
    const body = formOf('xx', [filePart('x'), fieldPart('colour', 'red')]);
    const connection = await RawConnection.open(uploads.url);
    connection.send(
      `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: ${body.length}\r\n\r\n`,
      body.subarray(0, -20),
    );
    await eventually(async () => assert.match((await uploads.left()).join(), /^trial\/[\w-]+$/));
    connection.send(body.subarray(-20));
    assert.equal((await connection.answer()).status, 400);
    assert.deepEqual(await uploads.left(), []);
    connection.close();
  });

  it('when the client falls silent: 408', async () => {
    uploads.idleMs = 50;
    const connection = await RawConnection.open(uploads.url);
    connection.send(`POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: ${multipart}\r\ncontent-length: 900\r\n\r\n`);
    connection.send(good.subarray(0, 60));
    assert.equal((await connection.answer()).status, 408);
    assert.deepEqual(await uploads.left(), []);
    connection.close();
  });

  it('when the store fails: 503', async () => {
    uploads.store = { write: (key, content, options) => uploads.files.write(`${key}/\0`, content, options) };
    assert.equal((await uploads.postForm(filePart('x'))).status, 500);
    uploads.store = {
      async write(key, content, options) {
        await uploads.files.write(`${key}/below`, Buffer.from('in the way'), options);
        return uploads.files.write(key, content, options);
      },
    };
    assert.equal((await uploads.postForm(filePart(randomBytes(400_000)))).status, 503);
    const left = await uploads.left();
    assert.deepEqual([left.length, left[0]?.endsWith('/below')], [1, true]);
  });

  it('and its connection is good for the next request', async () => {
    const connection = await RawConnection.open(uploads.url);
    for (const [parts, expected] of [
      [[filePart('x'), filePart('y')], 400],
      [[filePart('x')], 201],
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
});
