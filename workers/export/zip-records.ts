/*
 * The records of the ZIP format (APPNOTE 6.3.10), as far as a stream needs it: sizes and checksums follow each file's
 * content, since nobody knows them before. Sizes and offsets from 4 GiB on, and more than 65,534 files, are told by ZIP64.
 */

/** A file of the archive, as far as it has been written. */
export interface ZipFile {
  /** In UTF-8. */
  name: Buffer;
  modifiedAt: Date;
  crc: number;
  packedBytes: number;
  bytes: number;
  /** Of its header, from the beginning of the archive. */
  offset: number;
}

const max16 = 0xffff;
const max32 = 0xffffffff;
/** 4.5: ZIP64. */
const version = 45;
/** The sizes follow the content; the name is UTF-8. */
const flags = 0x0808;
const deflated = 8;
/** Made on Unix, where it is a regular file that only its owner may read. */
const madeBy = (3 << 8) | version;
const attributes = (0o100600 << 16) >>> 0;

/** Goes before a file's content. */
export function fileHeader({ name, modifiedAt }: ZipFile): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(deflated, 8);
  header.writeUInt32LE(dosTime(modifiedAt), 10);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

/** Goes after a file's content. */
export function fileSizes({ crc, packedBytes, bytes }: ZipFile): Buffer {
  const large = Math.max(packedBytes, bytes) >= max32;
  const record = Buffer.alloc(large ? 24 : 16);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(crc, 4);
  if (large) {
    record.writeBigUInt64LE(BigInt(packedBytes), 8);
    record.writeBigUInt64LE(BigInt(bytes), 16);
  } else {
    record.writeUInt32LE(packedBytes, 8);
    record.writeUInt32LE(bytes, 12);
  }
  return record;
}

/** What the directory behind all files says of one. */
export function directoryEntry({ name, modifiedAt, crc, packedBytes, bytes, offset }: ZipFile): Buffer {
  const large = Math.max(packedBytes, bytes, offset) >= max32;
  const extra = Buffer.alloc(large ? 28 : 0);
  if (large) {
    extra.writeUInt16LE(0x0001, 0);
    extra.writeUInt16LE(24, 2);
    extra.writeBigUInt64LE(BigInt(bytes), 4);
    extra.writeBigUInt64LE(BigInt(packedBytes), 12);
    extra.writeBigUInt64LE(BigInt(offset), 20);
  }
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(madeBy, 4);
  entry.writeUInt16LE(version, 6);
  entry.writeUInt16LE(flags, 8);
  entry.writeUInt16LE(deflated, 10);
  entry.writeUInt32LE(dosTime(modifiedAt), 12);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(large ? max32 : packedBytes, 20);
  entry.writeUInt32LE(large ? max32 : bytes, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(attributes, 38);
  entry.writeUInt32LE(large ? max32 : offset, 42);
  return Buffer.concat([entry, name, extra]);
}

/** The end of the archive: how many files there are, and where its directory begins. */
export function archiveEnd(files: number, directoryBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(files, max16), 8);
  end.writeUInt16LE(Math.min(files, max16), 10);
  end.writeUInt32LE(Math.min(directoryBytes, max32), 12);
  end.writeUInt32LE(Math.min(offset, max32), 16);
  if (files < max16 && directoryBytes < max32 && offset < max32) return end;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4); // of this record, from here on
  end64.writeUInt16LE(madeBy, 12);
  end64.writeUInt16LE(version, 14);
  end64.writeBigUInt64LE(BigInt(files), 24);
  end64.writeBigUInt64LE(BigInt(files), 32);
  end64.writeBigUInt64LE(BigInt(directoryBytes), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end64, locator, end]);
}

/** Time in the low half, date in the high one, in steps of two seconds; in UTC, though the format leaves that open. */
function dosTime(at: Date): number {
  const year = Math.min(2107, Math.max(1980, at.getUTCFullYear()));
  const date = ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}
