import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers whatever a test wants, for what no sandbox would say. */
export interface CannedProvider {
  url: string;
  /** Of each request, in order. */
  requests: { path: string; headers: IncomingMessage['headers']; body: string }[];
  stop: () => Promise<void>;
}

export async function startCannedProvider(
  answer: (res: ServerResponse, path: string) => void,
): Promise<CannedProvider> {
  const requests: CannedProvider['requests'] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    requests.push({ path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks).toString() });
    answer(res, req.url ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
