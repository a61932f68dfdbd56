import assert from 'node:assert/strict';
import { createFilesPort, type FilesPort } from '../../../shared/ports/files.ts';
import { readS3Address } from '../../../shared/ports/s3-address.ts';
import { presignS3 } from '../../../shared/ports/s3-presign.ts';
import { eventually } from '../../support/eventually.ts';
import { type S3Store, startS3 } from '../../support/s3.ts';

const megabyte = 1_048_576;
const options = { contentType: 'text/plain', maxBytes: 100 * megabyte };

function openFiles(url: string): FilesPort {
  return createFilesPort({ url, dir: '/nowhere', publicUrl: () => 'http://edge', signingKeys: [] });
}

describe('files on s3, beside what all stores do', function () {
  this.timeout(60_000);
  let s3: S3Store;
  let files: FilesPort;

  before(async () => {
    s3 = await startS3();
    files = openFiles(s3.url);
  });
  beforeEach(() => {
    s3.answer = null;
    s3.requests.length = 0;
  });
  after(async () => {
    files.close();
    await s3.stop();
  });

  it('abort the multipart upload of content that breaks off, before the write fails', async () => {
    async function* content() {
      yield Buffer.alloc(11 * megabyte);
      throw new Error('cut off');
    }
    await assert.rejects(files.write('trial/broken', content(), options), /cut off/);
    const [started] = s3.requests;
    assert.match(String(started), /^POST \/files\/trial\/broken\?uploads/);
    assert.match(String(s3.requests.at(-1)), /^DELETE \/files\/trial\/broken\?.*uploadId=\w+/);
  });

  it('abort it too when the store refuses a part, and say that the store is unavailable', async () => {
    s3.answer = (request, response) => {
      if (!request.url?.includes('partNumber=2')) return false;
      request.resume();
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return true;
    };
    await assert.rejects(files.write('trial/refused', Buffer.alloc(11 * megabyte), options), {
      name: 'FilesUnavailable',
    });
    assert.match(String(s3.requests.at(-1)), /^DELETE \/files\/trial\/refused\?/);
    assert.equal(await files.stat('trial/refused'), null);
  });

  it('take in no more than three parts of what the store does not take', async () => {
    let taken = 0;
    async function* content() {
      for (let count = 0; count < 64; count += 1) {
        taken += megabyte;
        yield Buffer.alloc(megabyte);
      }
    }
    const held: (() => void)[] = [];
    s3.answer = (request, response) => {
      if (!request.url?.includes('partNumber=')) return false;
      held.push(() => {
        request.resume();
        request.once('end', () => response.writeHead(200, { etag: '"x"' }).end());
      });
      return true;
    };
    const controller = new AbortController();
    const write = files.write('trial/held', content(), { ...options, signal: controller.signal });
    await eventually(() => assert.equal(held.length, 2));
    controller.abort(new Error('enough'));
    for (const release of held) release();
    await assert.rejects(write, /enough/);
    assert.ok(taken <= 17 * megabyte, String(taken));
  });

  it('give an address that anybody may read from, under the name of the file', async () => {
    await files.write('trial/shared', Buffer.from('hello'), options);
    const url = await files.signedUrl('trial/shared', {
      expiresInS: 300,
      filename: 'naïve "x".txt',
      contentType: 'text/plain',
      disposition: 'attachment',
    });
    const answer = await fetch(url);
    assert.equal(await answer.text(), 'hello');
    assert.equal(answer.headers.get('content-type'), 'text/plain');
    assert.equal(
      answer.headers.get('content-disposition'),
      `attachment; filename="na_ve _x_.txt"; filename*=UTF-8''na%C3%AFve%20%22x%22.txt`,
    );
  });

  it('say that the store is unavailable when it is away, or has no such bucket', async () => {
    const away = openFiles('s3://S3RVER:S3RVER@files?endpoint=http://127.0.0.1:1');
    const elsewhere = openFiles(s3.url.replace('@files', '@other-files'));
    for (const port of [away, elsewhere]) {
      await assert.rejects(port.write('a', Buffer.from('x'), options), { name: 'FilesUnavailable' });
      await assert.rejects(port.read('a'), { name: 'FilesUnavailable' });
      await assert.rejects(port.check(), { name: 'FilesUnavailable' });
      await assert.rejects(port.list('')[Symbol.asyncIterator]().next(), { name: 'FilesUnavailable' });
      port.close();
    }
  });

  it("sign as Amazon's own example does", () => {
    const url = presignS3('GET', new URL('https://examplebucket.s3.amazonaws.com/test.txt'), {
      region: 'us-east-1',
      credentials: {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      },
      expiresInS: 86_400,
      now: new Date('2013-05-24T00:00:00Z'),
    });
    const signature = new URL(url).searchParams.get('X-Amz-Signature');
    assert.equal(signature, 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  });

  it('sign what is asked of the store too, in the order of the names', () => {
    const url = presignS3('GET', new URL('http://minio:9000/files/a'), {
      region: 'auto',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'a+b/c=' },
      expiresInS: 60,
      query: {
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'response-content-type': 'text/plain',
        'response-content-disposition': "inline; filename*=UTF-8''(x)",
      },
      now: new Date('2026-02-10T08:00:00Z'),
    });
    const names = [...new URL(url).searchParams.keys()];
    assert.deepEqual(names.slice(0, -1), names.slice(0, -1).sort());
    // As the SDK's own @smithy/signature-v4 signed it.
    assert.equal(
      new URL(url).searchParams.get('X-Amz-Signature'),
      '7a2dbf9cbf9f8d7d402fc1424a479408c1ecb9b79d8e0ac3f8e7114c0b2cfd69',
    );
  });

  it('sign the headers that a request must bring', () => {
    const url = presignS3('PUT', new URL('http://minio:9000/files/tenants/a'), {
      region: 'auto',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'a+b/c=' },
      expiresInS: 900,
      query: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      headers: { 'content-type': 'image/jpeg', 'content-length': '245000' },
      now: new Date('2026-02-10T08:00:00Z'),
    });
    const asked = new URL(url).searchParams;
    assert.equal(asked.get('X-Amz-SignedHeaders'), 'content-length;content-type;host');
    // As the SDK's own @smithy/signature-v4 signed it.
    assert.equal(asked.get('X-Amz-Signature'), '8e78080fff539a3e215bdb92357e4787caf2de3f840f99b69c50d605018665e9');
  });

  it('ask for no checksum of a file that is still to come, and take none at the edge', async () => {
    const key = 'trial/upload';
    const url = await files.signedUpload(key, { expiresInS: 60, sizeBytes: 1, contentType: 'text/plain' });
    assert.doesNotMatch(url, /checksum|content-sha256/i);
    await assert.rejects(files.receive({ key, sizeBytes: 1 }, Buffer.from('x')), { code: 'not_found' });
    assert.equal(await files.stat(key), null);
  });

  it('are found at an address, with credentials from it or from the configuration', () => {
    const configured = { accessKeyId: 'id', secretAccessKey: 'secret' };
    assert.deepEqual(readS3Address('s3://bucket', configured), {
      bucket: 'bucket',
      region: 'us-east-1',
      endpoint: null,
      credentials: configured,
    });
    assert.deepEqual(readS3Address('s3://a:b%2Fc@my-bucket?endpoint=http://minio:9000&region=auto', undefined), {
      bucket: 'my-bucket',
      region: 'auto',
      endpoint: new URL('http://minio:9000'),
      credentials: { accessKeyId: 'a', secretAccessKey: 'b/c' },
    });
    const wrong = [
      's3://',
      's3://b',
      's3://bucket/path',
      's3://bucket?endpoint=minio',
      's3://bucket?end=x',
      's3://a@bucket',
    ];
    for (const url of [...wrong, 'http://bucket']) {
      assert.throws(() => readS3Address(url, undefined), /^TypeError: FILES_URL must be s3:/, url);
    }
  });
});
