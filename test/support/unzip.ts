import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';

export interface Unzipped {
  path: string;
  content: Buffer;
  modifiedAt: Date;
}

/** The files of a ZIP, in the order of its directory, each checked against its size and checksum. */
export async function unzip(archive: Buffer): Promise<Unzipped[]> {
  const zip = await fromBufferPromise(archive);
  const files: Unzipped[] = [];
  for await (const entry of zip.eachEntry()) {
    const content = await buffer(await zip.openReadStreamPromise(entry));
    assert.equal(crc32(content), entry.crc32, `${entry.fileName} is damaged`);
    files.push({ path: entry.fileName, content, modifiedAt: entry.getLastModDate({ timezone: 'UTC' }) });
  }
  return files;
}
