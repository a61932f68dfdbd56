import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { archiveEnd, directoryEntry, fileHeader, fileSizes } from './zip-records.ts';

export interface ZipEntry {
  /** Relative, with slashes. */
  path: string;
  modifiedAt: Date;
  /** May use a chunk's memory again once it is asked for the next. */
  content: AsyncIterable<Uint8Array>;
  /** False for what is compressed already. It is stored as deflated all the same: only that tells a reader of a stream where it ends. */
  compress: boolean;
}

/** In one of zlib's own threads. */
const deflate = promisify(deflateRaw);
/** What a chunk becomes ends at a byte, with a block that isn't the last. */
const part = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 131_072 };
/** The last block of every file, an empty one (RFC 1951 § 3.2.6). */
const lastBlock = Buffer.from([0x03, 0x00]);
const directoryPageBytes = 65_536;

/**
 * The bytes of a ZIP of the entries, in their order. One content is read to its end before the next entry is asked for, chunk
 * by chunk, each compressed by itself: let them be large. Holds one of them, and about a hundred bytes for each file.
 */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory = [Buffer.alloc(0)];
  let files = 0;
  let offset = 0;
  for await (const { path, modifiedAt, content, compress } of entries) {
    const file = { name: Buffer.from(path), modifiedAt, crc: 0, packedBytes: lastBlock.length, bytes: 0, offset };
    const header = fileHeader(file);
    yield header;
    for await (const chunk of content) {
      if (chunk.length === 0) continue;
      const packing = deflate(chunk, { ...part, level: compress ? 6 : 0 });
      file.crc = crc32(chunk, file.crc);
      file.bytes += chunk.length;
      const packed = await packing;
      file.packedBytes += packed.length;
      yield packed;
    }
    const sizes = fileSizes(file);
    yield Buffer.concat([lastBlock, sizes]);
    offset += header.length + file.packedBytes + sizes.length;
    files += 1;
    const page = Buffer.concat([directory.pop() as Buffer, directoryEntry(file)]);
    directory.push(page);
    if (page.length >= directoryPageBytes) directory.push(Buffer.alloc(0));
  }
  yield* directory;
  const directoryBytes = directory.reduce((sum, page) => sum + page.length, 0);
  yield archiveEnd(files, directoryBytes, offset);
}
