import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import { zip, type ZipEntry } from '../../../workers/export/zip.ts';
import { archiveEnd, directoryEntry } from '../../../workers/export/zip-records.ts';
import { unzip } from '../../support/unzip.ts';

const modifiedAt = new Date('2026-05-04T03:02:00Z');

function entry(path: string, content: AsyncIterable<Uint8Array> | Uint8Array[], compress = true): ZipEntry {
  return { path, modifiedAt, content: Readable.from(content), compress };
}

async function* inTurn(entries: Iterable<ZipEntry>): AsyncGenerator<ZipEntry> {
  yield* entries;
}

describe('workers/export/zip', function () {
  this.timeout(60_000);

  it('holds every file as it was, under its name and date, in the order given', async () => {
    const noise = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n * 31) % 251));
    const entries = [
      entry('a.txt', [Buffer.from('hello '), Buffer.from('there')]),
      entry('empty', []),
      entry('folder/Łódź – 東京.bin', [noise], false),
      entry('z.txt', [Buffer.alloc(2_000_000, 'a')]),
    ];
    const archive = await buffer(zip(inTurn(entries)));
    const files = await unzip(archive);
    assert.deepEqual(
      files.map(file => [file.path, file.modifiedAt.toISOString(), file.content.length]),
      [
        ['a.txt', modifiedAt.toISOString(), 11],
        ['empty', modifiedAt.toISOString(), 0],
        ['folder/Łódź – 東京.bin', modifiedAt.toISOString(), 300_000],
        ['z.txt', modifiedAt.toISOString(), 2_000_000],
      ],
    );
    assert.equal(files[0]?.content.toString(), 'hello there');
    assert.ok(files[2]?.content.equals(noise));
    assert.ok(archive.length < 320_000, 'two million letters were compressed');
  });

  it('tells sizes and places beyond 4 GiB, and more files than the old format can count', async () => {
    const large = { bytes: 5 * 2 ** 30, packedBytes: 4 * 2 ** 30 + 7, offset: 6 * 2 ** 30 };
    const count = 65_600;
    const directory = Buffer.concat(
      Array.from({ length: count }, (_, n) =>
        directoryEntry({ name: Buffer.from(`${n}`), modifiedAt, crc: n, ...large }),
      ),
    );
    const start = large.offset + large.packedBytes;
    const tail = Buffer.concat([directory, archiveEnd(count, directory.length, start)]);
    class Tail extends RandomAccessReader {
      override _readStreamForRange(from: number, to: number): Readable {
        return Readable.from([tail.subarray(from - start, to - start)]);
      }
    }
    const archive = await fromRandomAccessReaderPromise(new Tail(), start + tail.length);
    let seen = 0;
    for await (const file of archive.eachEntry()) {
      const { fileName, crc32, uncompressedSize, compressedSize, relativeOffsetOfLocalHeader } = file;
      const told = [fileName, crc32, uncompressedSize, compressedSize, relativeOffsetOfLocalHeader];
      assert.equal(told.join(), [seen, seen, large.bytes, large.packedBytes, large.offset].join());
      seen += 1;
      if (seen === 100) break;
    }
    assert.deepEqual([seen, archive.entryCount], [100, count]);
  });

  it('fails with the error of a content that breaks off', async () => {
    async function* broken() {
      yield Buffer.alloc(200_000);
      throw new Error('the disk is gone');
    }
    await assert.rejects(buffer(zip(inTurn([entry('a', broken())]))), /the disk is gone/);
  });

  it('lets go of the entries when nobody reads on, before or in the midst of a content', async () => {
    for (const chunks of [1, 2]) {
      let open = true;
      async function* entries() {
        try {
          yield entry('a', endless(), false);
        } finally {
          open = false;
        }
      }
      const archive = zip(entries());
      for (let read = 0; read < chunks; read += 1) await archive.next();
      await archive.return(undefined);
      assert.equal(open, false);
    }
  });

  async function* endless() {
    for (;;) yield Buffer.alloc(100_000);
  }
});
