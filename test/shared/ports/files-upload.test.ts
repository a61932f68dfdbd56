import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { fileRoutes } from '../../../edge/file-routes.ts';
import { createFilesPort, type FilesPort } from '../../../shared/ports/files.ts';
import { serveFiles } from '../../support/files.ts';
import { startS3 } from '../../support/s3.ts';
import { isAsSigned } from '../../support/s3-signature.ts';

interface Opened {
  files: FilesPort;
  close(): Promise<void>;
}

/** Each with whoever answers at its addresses: the edge, and a store that checks signatures. */
const stores: Record<string, () => Promise<Opened>> = {
  async disk() {
    const served = await serveFiles(fileRoutes);
    return { files: served.files, close: () => served.stop() };
  },
  async s3() {
    const s3 = await startS3();
    s3.answer = (request, response) => {
      if (!request.url?.includes('X-Amz-Signature=') || isAsSigned(request, 'S3RVER')) return false;
      request.resume();
      request.once('end', () => response.writeHead(403).end());
      return true;
    };
    const files = createFilesPort({ url: s3.url, dir: '/nowhere', publicUrl: () => 'http://edge', signingKeys: [] });
    return {
      files,
      close() {
        files.close();
        return s3.stop();
      },
    };
  },
};

for (const [name, open] of Object.entries(stores)) {
  describe(`an address on ${name} at which anybody may send a file`, function () {
    this.timeout(30_000);
    const content = randomBytes(300_000);
    const contentType = 'image/jpeg';
    let opened: Opened;
    let files: FilesPort;
    let key: string;

    before(async () => {
      opened = await open();
      ({ files } = opened);
    });
    beforeEach(() => (key = `tenants/${randomUUID()}/attachments/${randomUUID()}`));
    after(() => opened.close());

    const addressOf = (expiresInS = 60) =>
      files.signedUpload(key, { expiresInS, sizeBytes: content.length, contentType });

    async function put(url: string, body: Buffer | ReadableStream, type = contentType) {
      const request = { method: 'PUT', body, headers: { 'content-type': type }, duplex: 'half' };
      const response = await fetch(url, request as unknown as RequestInit);
      return { status: response.status, text: await response.text() };
    }

    it('takes the bytes that were announced, and the same ones again', async () => {
      const url = await addressOf();
      assert.deepEqual(await put(url, content), { status: 200, text: '' });
      assert.equal((await put(url, content)).status, 200);
      const found = await files.read(key);
      assert.ok(content.equals(await buffer(found!.stream)));
    });

    const refused: Record<string, (url: string) => ReturnType<typeof put>> = {
      'one byte more': url => put(url, Buffer.concat([content, Buffer.alloc(1)])),
      'one byte less': url => put(url, content.subarray(1)),
      'another type': url => put(url, content, 'text/html'),
      'a type with a parameter': url => put(url, content, `${contentType}; charset=utf-8`),
      'bytes whose number is not told': url => put(url, new Blob([content]).stream()),
      // On disk in the token, in the bucket in the key.
      'an address in which one character was changed': url => put(url.replace(/(?<=\/files\/)./, 'x'), content),
    };
    for (const [what, send] of Object.entries(refused)) {
      it(`refuses ${what}, and then holds nothing`, async () => {
        const { status } = await send(await addressOf());
        assert.ok(status >= 400 && status < 500, String(status));
        assert.equal(await files.stat(key), null);
      });
    }

    it('is nothing once it has expired, and no address to read from', async () => {
      assert.ok((await put(await addressOf(-1), content)).status >= 400);
      assert.equal(await files.stat(key), null);
      const url = await addressOf();
      await put(url, content);
      assert.ok((await fetch(url)).status >= 400);
      const shown = { filename: 'a.jpg', contentType, disposition: 'inline' } as const;
      const reading = await files.signedUrl(key, { expiresInS: 60, ...shown });
      assert.equal((await fetch(reading)).status, 200);
      assert.ok((await put(reading, content)).status >= 400);
    });

    it('is for keys that we would make', async () => {
      const asked = { expiresInS: 60, sizeBytes: 1, contentType };
      await assert.rejects(files.signedUpload('../a', asked), TypeError);
      await assert.rejects(files.receive({ key: '../a', sizeBytes: 1 }, Buffer.alloc(1)), Error);
    });
  });
}
