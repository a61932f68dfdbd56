import type { Readable } from 'node:stream';
import type { UploadGrant } from '../file-signature.ts';
import type { FileContent } from './file-intake.ts';
import { createDiskFiles } from './files-disk.ts';
import { createS3Files, type S3Credentials } from './files-s3.ts';

export { FileExists, FilesUnavailable, FileTooLarge } from './files-failure.ts';

/** `sha256` in hex. */
export interface StoredFile {
  key: string;
  sizeBytes: number;
  sha256: string;
}

/** Both ends count. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Where files are kept, under keys that we make (`file-key.ts`); every method throws `TypeError` for another. What the
 * store cannot do at the moment fails with `FilesUnavailable`, and an aborted call with its signal's reason.
 */
export interface FilesPort {
  /**
   * Streams to the store. The file is there under its key only once it is whole; under a key in use it takes the other's
   * place. Fails with `FileTooLarge` over `maxBytes`, and with the content's own error if that breaks off; nothing is left
   * behind then, and the content is destroyed.
   */
  write: (
    key: string,
    content: FileContent,
    options: { contentType: string; maxBytes: number; signal?: AbortSignal },
  ) => Promise<StoredFile>;
  /**
   * Null if there is none. `sizeBytes` is the whole file's; a range that ends behind it is cut, one that begins there is a
   * `RangeError`. Whoever asked reads the stream or destroys it; `signal` destroys it too.
   */
  read: (
    key: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ) => Promise<{ stream: Readable; sizeBytes: number } | null>;
  stat: (key: string) => Promise<{ sizeBytes: number } | null>;
  /** No error if there is none. */
  delete: (key: string) => Promise<void>;
  /** Every file whose key begins so, in no order, a page at a time. */
  list: (prefix: string) => AsyncIterable<{ key: string; sizeBytes: number; modifiedAt: Date }>;
  /** Resolves if the store takes a file now. */
  check: () => Promise<void>;
  /** An address at which anybody may GET the file until it expires. Whether the file is there isn't looked at. */
  signedUrl: (key: string, options: SignedUrlOptions) => Promise<string>;
  /**
   * An address at which anybody may PUT a file of exactly that size and type until it expires. The headers `Content-Length`
   * and `Content-Type` must say so: they are part of the signature. On disk the first file that arrives whole stays. S3 puts a
   * later one in its place for as long as the address is good; a bucket that browsers send to needs CORS rules of its own.
   */
  signedUpload: (key: string, options: SignedUploadOptions) => Promise<string>;
  /**
   * Takes in what is PUT to such an address where that leads to the edge; S3 answers for its own, and this is `not_found`.
   * Fails with `FileExists` if other bytes are there (the same once more are welcome), with `FileTooLarge` or `malformed` for
   * another size, and as `write` does.
   */
  receive: (grant: Pick<UploadGrant, 'key' | 'sizeBytes'>, content: FileContent) => Promise<StoredFile>;
  close: () => void;
}

export interface SignedUrlOptions {
  expiresInS: number;
  /** What the file is called where it is saved. */
  filename: string;
  contentType: string;
  disposition: 'inline' | 'attachment';
}

export interface SignedUploadOptions {
  expiresInS: number;
  sizeBytes: number;
  contentType: string;
}

export interface FilesPortOptions {
  /** `s3://bucket?endpoint=http://…&region=…`, optionally `s3://accessKeyId:secret@bucket`; undefined: on disk, under `dir`. */
  url: string | undefined;
  dir: string;
  /** The edge's own address, which answers for files on disk. Asked at each use: its port may not be known earlier. */
  publicUrl: () => string;
  /** Sign the addresses of files on disk: the first signs. */
  signingKeys: readonly string[];
  s3?: S3Credentials | undefined;
}

/** Connects to nothing yet. Throws for an address that isn't one. */
export function createFilesPort({ url, dir, publicUrl, signingKeys, s3 }: FilesPortOptions): FilesPort {
  if (url === undefined) return createDiskFiles({ dir, publicUrl, signingKeys });
  return createS3Files({ url, credentials: s3 });
}
