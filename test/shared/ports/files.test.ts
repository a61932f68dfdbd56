import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { Fault } from '../../../shared/fault.ts';
import { createFilesPort, type FilesPort, FileTooLarge } from '../../../shared/ports/files.ts';
import { eventually } from '../../support/eventually.ts';
import { startS3 } from '../../support/s3.ts';

const megabyte = 1_048_576;
const options = { contentType: 'text/plain', maxBytes: 100 * megabyte };

interface Opened {
  files: FilesPort;
  close(): Promise<void>;
}

const stores: Record<string, () => Promise<Opened>> = {
  async disk() {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-files-'));
    const files = createFilesPort({ url: undefined, dir, publicUrl: () => 'http://edge', signingKeys: ['secret'] });
    return { files, close: () => rm(dir, { recursive: true }) };
  },
  async s3() {
    const s3 = await startS3();
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
  describe(`files on ${name}`, function () {
    this.timeout(60_000);
    let opened: Opened;
    let files: FilesPort;

    before(async () => {
      opened = await open();
      ({ files } = opened);
    });
    after(() => opened.close());

    const newKey = () => `trial/ab/${randomUUID()}`;
    async function keys(prefix = ''): Promise<string[]> {
      const found: string[] = [];
      for await (const { key } of files.list(prefix)) found.push(key);
      return found.sort();
    }
    async function readText(key: string, range?: { start: number; end: number }): Promise<string | null> {
      const found = await files.read(key, range);
      return found && text(found.stream);
    }
    /** Runs what must fail, and sees that nothing is there that wasn't there before. */
    async function leavesNothing(work: () => Promise<unknown>, expected: object): Promise<void> {
      const before = await keys();
      await assert.rejects(work, expected);
      assert.deepEqual(await keys(), before);
    }

    it('keeps bytes, chunks and streams, and tells their size and SHA-256', async () => {
      const content = randomBytes(3 * megabyte + 7);
      const stored = { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
      async function* chunks() {
        for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
      }
      for (const source of [content, chunks(), Readable.from(chunks())]) {
        const key = newKey();
        assert.deepEqual(await files.write(key, source, options), { key, ...stored });
        const found = await files.read(key);
        assert.equal(found?.sizeBytes, content.length);
        assert.ok(content.equals(await buffer(found.stream)));
        assert.deepEqual(await files.stat(key), { sizeBytes: content.length });
      }
    });

    it('keeps a file of no bytes', async () => {
      const key = newKey();
      const { sha256 } = await files.write(key, new Uint8Array(), options);
      assert.equal(sha256, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
      assert.deepEqual(await files.stat(key), { sizeBytes: 0 });
      assert.equal(await readText(key), '');
    });

    it('keeps a file of several parts as one', async () => {
      const key = newKey();
      const part = randomBytes(megabyte);
      const hash = createHash('sha256');
      async function* chunks() {
        for (let count = 0; count < 13; count += 1) {
          hash.update(part);
          yield part;
        }
      }
      const { sizeBytes, sha256 } = await files.write(key, chunks(), options);
      assert.deepEqual([sizeBytes, sha256], [13 * megabyte, hash.digest('hex')]);
      const found = await files.read(key);
      const read = createHash('sha256');
      for await (const chunk of found!.stream) read.update(chunk as Buffer);
      assert.equal(read.digest('hex'), sha256);
    });

    it('reads a range, both ends counted, and cuts one that ends behind the file', async () => {
      const key = newKey();
      await files.write(key, Buffer.from('0123456789'), options);
      // Not 0 to 0: s3rver takes that end for none.
      assert.equal(await readText(key, { start: 0, end: 1 }), '01');
      assert.equal(await readText(key, { start: 1, end: 1 }), '1');
      assert.equal(await readText(key, { start: 3, end: 5 }), '345');
      assert.equal(await readText(key, { start: 8, end: 99 }), '89');
      const found = await files.read(key, { start: 2, end: 3 });
      assert.equal(found?.sizeBytes, 10);
      found.stream.destroy();
      await assert.rejects(files.read(key, { start: 10, end: 12 }), RangeError);
    });

    it('answers null for what is not there, and deletes it without an error', async () => {
      const key = newKey();
      assert.equal(await files.read(key), null);
      assert.equal(await files.stat(key), null);
      await files.delete(key);
      await files.write(key, Buffer.from('x'), options);
      await files.delete(key);
      assert.equal(await files.read(key), null);
    });

    it('shows a file only once it is whole, and the earlier one of its key until then', async () => {
      const key = newKey();
      const first = new PassThrough();
      const firstWrite = files.write(key, first, options);
      first.write('first');
      await eventually(() => assert.equal(first.readableLength, 0));
      assert.equal(await files.stat(key), null);
      assert.deepEqual(
        await keys('trial/'),
        (await keys('trial/')).filter(other => other !== key),
      );
      first.end();
      await firstWrite;
      const second = new PassThrough();
      const secondWrite = files.write(key, second, options);
      second.write('the se');
      await eventually(() => assert.equal(second.readableLength, 0));
      assert.equal(await readText(key), 'first');
      second.end('cond');
      await secondWrite;
      assert.equal(await readText(key), 'the second');
    });

    it('refuses what is larger than allowed, by one byte and by many parts, and leaves nothing', async () => {
      const key = newKey();
      await files.write(key, Buffer.alloc(10), { ...options, maxBytes: 10 });
      await leavesNothing(() => files.write(newKey(), Buffer.alloc(11), { ...options, maxBytes: 10 }), FileTooLarge);
      let taken = 0;
      async function* endless() {
        for (;;) yield Buffer.alloc((taken += megabyte) && megabyte);
      }
      const error = { name: 'FileTooLarge', code: 'too_large', details: { maxBytes: 12 * megabyte } };
      await leavesNothing(() => files.write(newKey(), endless(), { ...options, maxBytes: 12 * megabyte }), error);
      // One more than was needed to see it, and one that was on its way.
      assert.ok(taken <= 14 * megabyte, String(taken));
    });

    it("fails with the content's own error when that breaks off, and leaves nothing", async () => {
      for (const sizeBytes of [10, 11 * megabyte]) {
        const broken = new Fault('malformed', 'cut off');
        async function* content() {
          yield Buffer.alloc(sizeBytes);
          throw broken;
        }
        await leavesNothing(
          () => files.write(newKey(), content(), options),
          (error: unknown) => error === broken,
        );
      }
    });

    it('stops at once when it is aborted, however long the content is silent, and leaves nothing', async () => {
      const silent = new PassThrough();
      silent.write(Buffer.alloc(11 * megabyte));
      const controller = new AbortController();
      const reason = new Error('enough');
      await leavesNothing(
        () => {
          const write = files.write(newKey(), silent, { ...options, signal: controller.signal });
          void eventually(() => assert.equal(silent.readableLength, 0)).then(() => controller.abort(reason));
          return write;
        },
        (error: unknown) => error === reason,
      );
      assert.ok(silent.destroyed);
    });

    it('destroys a stream that is being read when it is aborted', async () => {
      const key = newKey();
      await files.write(key, Buffer.alloc(9 * megabyte), options);
      const controller = new AbortController();
      const found = await files.read(key, undefined, controller.signal);
      controller.abort(new Error('enough'));
      await assert.rejects(buffer(found!.stream), { name: 'AbortError' });
    });

    it('ends a read that is aborted while it opens, and nobody else', async () => {
      const key = newKey();
      await files.write(key, Buffer.alloc(9 * megabyte), options);
      const controller = new AbortController();
      const opening = files.read(key, undefined, controller.signal);
      controller.abort(new Error('enough'));
      const read = async () => {
        const found = await opening;
        // Until then an error that nobody listens for has ended the process.
        await eventually(() => assert.ok(found!.stream.closed));
        return buffer(found!.stream);
      };
      await assert.rejects(read(), (error: Error) => error.name === 'AbortError' || error.message === 'enough');
    });

    it('lists what begins with a prefix, with sizes and times', async () => {
      const folder = `lists/${randomUUID()}`;
      for (const key of ['a', 'ab/c', 'ab/d/e', 'b']) await files.write(`${folder}/${key}`, Buffer.from(key), options);
      const found = await keys(`${folder}/a`);
      assert.deepEqual(
        found,
        ['a', 'ab/c', 'ab/d/e'].map(key => `${folder}/${key}`),
      );
      for await (const { sizeBytes, modifiedAt } of files.list(`${folder}/ab/d`)) {
        assert.equal(sizeBytes, 6);
        assert.ok(Math.abs(Date.now() - modifiedAt.getTime()) < 60_000);
      }
      assert.deepEqual(await keys(`${folder}/x`), []);
      assert.deepEqual(await keys('no-such-folder/'), []);
    });

    it('takes no key that we would not make', async () => {
      const foreign = [
        '',
        '/a',
        'a/',
        'a//b',
        '../a',
        'a/../b',
        'a/..',
        'a..b',
        '.a',
        'a/.b',
        'A',
        'a b',
        'a\\b',
        'a\0',
      ];
      for (const key of [...foreign, 'a'.repeat(300)]) {
        await assert.rejects(files.write(key, Buffer.alloc(1), options), TypeError, key);
        await assert.rejects(files.read(key), TypeError, key);
        await assert.rejects(files.stat(key), TypeError, key);
        await assert.rejects(files.delete(key), TypeError, key);
      }
      await assert.rejects(keys('../'), TypeError);
    });

    it('says that it takes files', () => files.check());
  });
}
