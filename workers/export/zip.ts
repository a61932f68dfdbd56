import { pipeline } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { archiveEnd, directoryEntry, fileHeader, fileSizes, type ZipFile } from './zip-records.ts';

export interface ZipEntry {
  /** Relative, with slashes. */
  path: string;
  modifiedAt: Date;
  content: AsyncIterable<Uint8Array>;
  /** False for what is compressed already. It is stored as deflated all the same: only that tells a reader of a stream where it ends. */
  compress: boolean;
}

/** Of what leaves the compressor, and of the directory: neither comes in crumbs, nor as a whole. */
const chunkBytes = 65_536;

/**
 * The bytes of a ZIP of the entries, in their order. One content is read to its end before the next entry is asked for. Holds a
 * compressor's window and about a hundred bytes for each file, whatever the contents' size. Compresses in zlib's own threads.
 */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory = [Buffer.alloc(0)];
  let files = 0;
  let offset = 0;
  for await (const { path, modifiedAt, content, compress } of entries) {
    const file = { name: Buffer.from(path), modifiedAt, crc: 0, packedBytes: 0, bytes: 0, offset };
    const deflate = createDeflateRaw({ level: compress ? 6 : 0, chunkSize: chunkBytes });
    // The content's errors come out of `deflate`, and whoever stops reading `deflate` ends the content.
    pipeline(counted(content, file), deflate, () => {});
    try {
      const header = fileHeader(file);
      yield header;
      for await (const chunk of deflate as AsyncIterable<Buffer>) {
        file.packedBytes += chunk.length;
        yield chunk;
      }
      const sizes = fileSizes(file);
      yield sizes;
      offset += header.length + file.packedBytes + sizes.length;
    } finally {
      deflate.destroy();
    }
    files += 1;
    const page = Buffer.concat([directory.pop() as Buffer, directoryEntry(file)]);
    directory.push(page);
    if (page.length >= chunkBytes) directory.push(Buffer.alloc(0));
  }
  yield* directory;
  yield archiveEnd(
    files,
    directory.reduce((sum, page) => sum + page.length, 0),
    offset,
  );
}

async function* counted(content: AsyncIterable<Uint8Array>, file: ZipFile): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    file.crc = crc32(chunk, file.crc);
    file.bytes += chunk.length;
    yield chunk;
  }
}
