import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Spine } from '../db/spine.ts';
import { listen } from '../shared/health-server.ts';
import type { Ports } from '../shared/ports/ports.ts';
import { createApp } from './app.ts';
import type { EdgeServices } from './services.ts';
import { createAccept, LiveCap } from './submit.ts';
import type { Surface } from './surface.ts';
import { Watcher } from './watch.ts';

export interface Edge {
  url: string;
  services: EdgeServices;
  /** Takes no new connections, lets requests under way finish for `graceMs`, then cuts them. */
  stop(graceMs: number): Promise<void>;
}

/** Starts an edge over an open spine. */
export async function startEdge(
  spine: Spine,
  ports: Ports,
  options: { surfaces?: readonly Surface[] } = {},
): Promise<Edge> {
  const { config, spineDb, dispatch, log } = spine;
  const draining = new AbortController();
  setMaxListeners(0, draining.signal); // one for each stream and wait under way
  const services: EdgeServices = {
    ...spine,
    ports,
    accept: createAccept({ spineDb, dispatch }),
    liveCap: new LiveCap(spineDb, config.maxLiveJobsPerOwner),
    watcher: new Watcher(spineDb, log),
    draining: draining.signal,
  };
  const app = createApp(services, options.surfaces);
  const answer = app.callback();
  const server = createServer((request, response) => void answer(request, response));
  // A client gets 10 s for its headers, and for its body as long as the largest upload takes at 1 Mbit/s; what isn't an upload
  // has a limit of its own where it is read. An answer may take as long as `Prefer: wait` and SSE need.
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000 + Math.ceil(config.maxUploadBytes / 125); // 125 bytes a millisecond
  server.keepAliveTimeout = 65_000; // longer than the usual proxy's 60 s, so that the proxy closes first
  server.maxRequestsPerSocket = 0;
  await listen(server, config.host, config.port);
  const { port } = server.address() as AddressInfo;
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  services.config = { ...config, publicUrl: config.publicUrl ?? url }; // known only now when the port is 0
  return {
    url,
    services,
    stop: async graceMs => {
      const closed = new Promise(resolve => server.close(resolve));
      draining.abort(new Error('this process is ending'));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      const sweep = setInterval(() => server.closeIdleConnections(), 100);
      await closed;
      clearTimeout(cut);
      clearInterval(sweep);
      services.watcher.close();
    },
  };
}
