import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface S3rver {
  configureBuckets(): Promise<void>;
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
}
type S3rverClass = new (options: object) => S3rver;

export interface S3Store {
  /** As `FILES_URL`. */
  url: string;
  /** `PUT /files/some/key?partNumber=1&…`, in the order of arrival. */
  requests: string[];
  /** While set, it is asked first: true means that it answers, or leaves the request without an answer. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  stop(): Promise<void>;
}

/** A store that speaks S3 over HTTP, in memory of nobody: its files are in a folder of its own. It checks no signature. */
export async function startS3(): Promise<S3Store> {
  const S3rver = createRequire(import.meta.url)('s3rver') as S3rverClass;
  const directory = await mkdtemp(join(tmpdir(), 'millrace-s3-'));
  const s3 = new S3rver({
    directory,
    silent: true,
    vhostBuckets: false,
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: 'files', configs: [] }],
  });
  await s3.configureBuckets();
  const answer = s3.callback();
  const server = createServer((request, response) => {
    store.requests.push(`${request.method} ${request.url}`);
    if (store.answer?.(request, response)) return;
    // It knows no such request; any real store does.
    if (request.method === 'DELETE' && request.url?.includes('uploadId=')) response.writeHead(204).end();
    else answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const store: S3Store = {
    url: `s3://S3RVER:S3RVER@files?endpoint=${encodeURIComponent(`http://127.0.0.1:${port}`)}&region=eu-west-1`,
    requests: [],
    answer: null,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
  return store;
}
