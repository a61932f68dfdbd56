import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { addAbortSignal, Readable } from 'node:stream';
import { contentDisposition } from '../content-disposition.ts';
import { Fault } from '../fault.ts';
import { checkFileKey, checkFilePrefix } from '../file-key.ts';
import { FileIntake } from './file-intake.ts';
import { FilesUnavailable } from './files-failure.ts';
import type { FilesPort } from './files.ts';
import { readS3Address, type S3Credentials } from './s3-address.ts';
import { presignS3 } from './s3-presign.ts';

export type { S3Credentials } from './s3-address.ts';

/** The least that S3 takes. A write holds two parts on their way and one that is filling; 10,000 of them make 48 GiB. */
const partBytes = 5 * 1_048_576;
const partsAtOnce = 2;

const timeouts = {
  connectionTimeout: 5_000,
  /** Until the answer's headers: the store has taken a whole part by then. */
  requestTimeout: 30_000,
  throwOnRequestTimeout: true,
  /** Of silence, while a file is read. Long, since a reader who pauses looks the same. */
  socketTimeout: 300_000,
};
/** Each file being read holds one. */
const agent = { maxSockets: 500 };

/**
 * Files in a bucket of S3 or of what speaks its protocol. A process that dies in the middle of a write leaves its parts in
 * the bucket, seen by nobody: give it a lifecycle rule that aborts incomplete multipart uploads.
 */
export function createS3Files(options: { url: string; credentials?: S3Credentials | undefined }): FilesPort {
  const { bucket, region, endpoint, credentials } = readS3Address(options.url, options.credentials);
  let opening: ReturnType<typeof openSdk> | undefined;
  let opened: S3Client | undefined;

  /** The client library is loaded at the first call: files on disk never pay for it. */
  async function openSdk() {
    const [sdk, { Upload }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]);
    const client = new sdk.S3Client({
      region,
      ...(endpoint === null ? {} : { endpoint: endpoint.href, forcePathStyle: true }),
      // Without any, the library looks for them where AWS puts them: environment, profile, instance.
      ...(credentials === null ? {} : { credentials }),
      // By default a stream is sent in a framing of its own, which some stores keep as part of the file.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { ...timeouts, httpAgent: agent, httpsAgent: agent },
    });
    opened = client;
    return { sdk, Upload, client };
  }
  const open = () => (opening ??= openSdk());

  async function presign(
    method: 'GET' | 'PUT',
    key: string,
    signed: Pick<Parameters<typeof presignS3>[2], 'expiresInS' | 'query' | 'headers'>,
  ): Promise<string> {
    checkFileKey(key);
    const { client } = await open();
    const base = endpoint?.href.replace(/\/*$/, `/${bucket}`) ?? `https://${bucket}.s3.${region}.amazonaws.com`;
    const now = new Date();
    const url = new URL(`${base}/${key}`);
    return presignS3(method, url, { region, credentials: await client.config.credentials(), now, ...signed });
  }

  async function orNull<T>(work: Promise<T>, signal?: AbortSignal): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const { name, $metadata } = error as Partial<S3ServiceException>;
      if ($metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket') return null;
      if ($metadata?.httpStatusCode === 416) throw new RangeError('the file has no byte of that range');
      throw new FilesUnavailable(error);
    }
  }

  return {
    async write(key, content, { contentType, maxBytes, signal }) {
      checkFileKey(key);
      const intake = new FileIntake(content, { maxBytes, signal });
      try {
        const { Upload, client } = await open();
        const upload = new Upload({
          client,
          // An abort ends the content, and with it the upload; the library's own abort would not wait for its clean-up.
          params: { Bucket: bucket, Key: key, ContentType: contentType, Body: Readable.from(intake.chunks()) },
          partSize: partBytes,
          queueSize: partsAtOnce,
        });
        await upload.done();
        return { key, ...intake.result() };
      } catch (error) {
        intake.close();
        throw intake.failure ?? new FilesUnavailable(error);
      }
    },

    async read(key, range, signal) {
      checkFileKey(key);
      signal?.throwIfAborted();
      const { sdk, client } = await open();
      const Range = range && `bytes=${range.start}-${range.end}`;
      const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, Range });
      const answer = await orNull(client.send(command, signal ? { abortSignal: signal } : {}), signal);
      if (!answer) return null;
      const stream = answer.Body as Readable;
      stream.on('error', () => {}); // it may break off before anybody reads it, who then hears of it
      if (signal) addAbortSignal(signal, stream);
      return { stream, sizeBytes: Number(answer.ContentRange?.split('/')[1] ?? answer.ContentLength) };
    },

    async stat(key) {
      const { sdk, client } = await open();
      const found = await orNull(client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: checkFileKey(key) })));
      return found && { sizeBytes: found.ContentLength ?? 0 };
    },

    async delete(key) {
      const { sdk, client } = await open();
      await orNull(client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: checkFileKey(key) })));
    },

    async *list(prefix) {
      checkFilePrefix(prefix);
      const { sdk, client } = await open();
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      try {
        for await (const { Contents = [] } of pages) {
          for (const { Key, Size = 0, LastModified } of Contents) {
            if (Key !== undefined && LastModified) yield { key: Key, sizeBytes: Size, modifiedAt: LastModified };
          }
        }
      } catch (error) {
        throw new FilesUnavailable(error);
      }
    },

    async check() {
      const { sdk, client } = await open();
      // One object, again and again: what can be written is known only by writing.
      const command = new sdk.PutObjectCommand({ Bucket: bucket, Key: 'tmp/check', Body: Buffer.alloc(1) });
      try {
        await client.send(command);
      } catch (error) {
        throw new FilesUnavailable(error);
      }
    },

    signedUrl: (key, { expiresInS, filename, contentType, disposition }) =>
      presign('GET', key, {
        expiresInS,
        query: {
          'response-content-disposition': contentDisposition(disposition, filename),
          'response-content-type': contentType,
        },
      }),

    signedUpload: (key, { expiresInS, sizeBytes, contentType }) =>
      presign('PUT', key, {
        expiresInS,
        headers: { 'content-length': String(sizeBytes), 'content-type': contentType },
      }),

    async receive() {
      throw new Fault('not_found', 'There is nothing at this address.');
    },

    close() {
      opened?.destroy();
    },
  };
}
