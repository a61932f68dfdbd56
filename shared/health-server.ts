import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface Readiness {
  status: 'ready' | 'degraded' | 'not_ready';
  /** What is wrong, if anything. */
  reasons: string[];
}

export interface HealthServer {
  url: string;
  close(): Promise<void>;
}

/**
 * What probes and scrapers ask every process: `/healthz` (the event loop turns), `/readyz` (503 only for not_ready) and
 * `/metrics` in Prometheus' text format.
 */
export async function startHealthServer(options: {
  host: string;
  port: number;
  ready: () => Promise<Readiness>;
  metrics: Metrics;
  log: Log;
}): Promise<HealthServer> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const answer = (await answerHealth((request.url ?? '').split('?')[0] ?? '', options)) ?? notFound;
      response.writeHead(answer.status, {
        'content-type': answer.type,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.end(answer.body);
    } catch (error) {
      options.log.error({ err: error }, 'a health request failed');
      response.writeHead(500).end();
    }
  };
  const server = createServer((request, response) => void serve(request, response));
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

const jsonType = 'application/json; charset=utf-8';
const notFound = { status: 404, type: jsonType, body: JSON.stringify({ error: 'not found' }) };

/** The answer of `/healthz`, `/readyz` or `/metrics`; null for any other path. */
export async function answerHealth(
  path: string,
  { ready, metrics }: { ready: () => Promise<Readiness>; metrics: Metrics },
): Promise<{ status: number; type: string; body: string } | null> {
  if (path === '/healthz') return { status: 200, type: jsonType, body: JSON.stringify({ status: 'ok' }) };
  if (path === '/readyz') {
    const readiness = await ready();
    return { status: readiness.status === 'not_ready' ? 503 : 200, type: jsonType, body: JSON.stringify(readiness) };
  }
  if (path === '/metrics')
    return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
  return null;
}

/** Binds a server, or rejects with the reason. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
