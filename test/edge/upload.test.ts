import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { eventually } from '../support/eventually.ts';
import { fieldPart, filePart, formOf, serveUploads, type ServedUploads } from '../support/upload.ts';

describe('an upload', function () {
  this.timeout(30_000);
  let uploads: ServedUploads;

  before(async () => {
    uploads = await serveUploads();
  });
  afterEach(() => uploads.reset());
  after(() => uploads.stop());

  it('is in the store when it is answered, with its size, SHA-256, clean name, and type by its bytes', async () => {
    const form = new FormData();
    form.append('note', 'first');
    const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(300_000)]);
    form.append('file', new File([content], '../../naïve.txt', { type: 'text/html' }));
    const { status, body } = await uploads.post(form);
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
    assert.deepEqual(await uploads.left(), [key]);
  });

  it('may be empty', async () => {
    const { status, body } = await uploads.postForm(filePart(''));
    assert.deepEqual([status, body.sizeBytes], [201, 0]);
  });

  it('has the same fingerprint however it is cut into parts, and another one for other bytes, names or fields', async () => {
    const prints: string[] = [];
    for (const parts of [
      [filePart('x'), fieldPart('note', 'n')],
      [fieldPart('note', 'n'), { ...filePart('x'), headers: `${filePart('x').headers}\r\nx-more: 1` }],
      [filePart('y'), fieldPart('note', 'n')],
      [filePart('x', 'b.txt'), fieldPart('note', 'n')],
      [filePart('x'), fieldPart('note', 'm')],
    ])
      prints.push((await uploads.postForm(...parts)).body.fingerprint);
    assert.equal(prints[0], prints[1]);
    assert.equal(new Set(prints).size, 4);
  });

  it('is read no faster than the store takes it, and waits for a slow store', async () => {
    const megabytes = 50;
    let release = () => {};
    const held = new Promise<void>(resolve => (release = resolve));
    let takenBytes = 0;
    uploads.idleMs = 100;
    uploads.store = {
      write(key, content, options) {
        async function* slowly() {
          for await (const chunk of content as AsyncIterable<Uint8Array>) {
            takenBytes += chunk.length;
            if (takenBytes > 2_000_000) await held;
            yield chunk;
          }
        }
        return uploads.files.write(key, slowly(), options);
      },
    };
    const megabyte = randomBytes(1_000_000);
    const hash = createHash('sha256');
    let sentBytes = 0;
    async function* body() {
      const [head, tail] = formOf('xx', [filePart('~')])
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
    const answer = uploads.post(Readable.from(body()), {
      'content-type': 'multipart/form-data; boundary=xx',
      'x-max': String(megabytes * 1_000_000),
    });
    const heldFrom = await eventually(() => {
      assert.ok(takenBytes > 2_000_000);
      return performance.now();
    });
    // Longer than a client may be silent.
    await eventually(() => assert.ok(performance.now() - heldFrom > 3 * uploads.idleMs));
    assert.ok(uploads.socket!.bytesRead < 3_500_000, `${uploads.socket!.bytesRead} bytes were taken in`);
    assert.ok(sentBytes < megabytes * 1_000_000);
    release();
    const { status, body: stored } = await answer;
    assert.deepEqual([status, stored.sizeBytes, stored.sha256], [201, megabytes * 1_000_000, hash.digest('hex')]);
  });
});
