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

/** Runs in one of zlib's own threads. What comes of a chunk ends at a byte, with a block that isn't the last. */
const deflate = promisify(deflateRaw);
const deflateOptions = { level: 6, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 131_072 };
/** The longest that a block which isn't compressed can be (RFC 1951 § 3.2.4). */
const maxStoredBytes = 65_535;
/** The last block of every file, an empty one. */
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
      const packing = compress ? deflate(chunk, deflateOptions) : stored(chunk);
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

/** A chunk as deflated blocks that aren't compressed. */
function stored(chunk: Uint8Array): Buffer {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < chunk.length; from += maxStoredBytes) {
    const block = chunk.subarray(from, from + maxStoredBytes);
    const head = Buffer.alloc(5);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    blocks.push(head, block);
  }
  return Buffer.concat(blocks);
}
