import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../edge/app.ts';
import { jobsSurface } from '../../edge/jobs/surface.ts';
import type { Route } from '../../edge/route.ts';
import type { EdgeServices } from '../../edge/services.ts';
import { readConfig } from '../../shared/config.ts';
import { createLog } from '../../shared/log.ts';
import { createMetrics } from '../../shared/metrics.ts';
import { createFilesPort, type FilesPort } from '../../shared/ports/files.ts';

export interface FilesOnDisk {
  files: FilesPort;
  dir: string;
  /** Every file that is there, finished or not; paths below `dir`. */
  left(): Promise<string[]>;
  remove(): Promise<void>;
}

/** A file store in a folder of its own. */
export async function openFilesOnDisk(publicUrl: () => string, signingKeys: readonly string[]): Promise<FilesOnDisk> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-files-'));
  return {
    files: createFilesPort({ url: undefined, dir, publicUrl, signingKeys }),
    dir,
    async left() {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      return entries
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(dir.length + 1));
    },
    remove: () => rm(dir, { recursive: true }),
  };
}

export interface ServedFiles extends FilesOnDisk {
  url: string;
  stop(): Promise<void>;
}

/** These routes over real HTTP, with a file store and without a database. */
export async function serveFiles(routes: readonly Route[]): Promise<ServedFiles> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = readConfig({
    NODE_ENV: 'test',
    JWT_SECRET: 'a secret of thirty-two characters',
    PUBLIC_URL: url,
    REQUESTS_PER_MINUTE: '1000000',
  });
  const disk = await openFilesOnDisk(() => url, config.jwtSecret ?? []);
  const edge = {
    config,
    log: createLog({ level: 'silent', name: 'test' }),
    metrics: createMetrics({ process: 'test' }),
    ports: { files: disk.files },
    draining: new AbortController().signal,
  };
  const surface = { ...jobsSurface({ verifiers: {} }), routes };
  const answer = createApp(edge as unknown as EdgeServices, [surface]).callback();
  server.on('request', (request, response) => void answer(request, response));
  return {
    ...disk,
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await disk.remove();
    },
  };
}
