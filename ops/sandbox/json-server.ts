import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What goes back over the wire, or, by a fault, doesn't. A text goes as it is, anything else as JSON. */
export type Reply =
  | { status: number; body: unknown; headers?: Record<string, string> }
  | { kept: 'dropped' | 'unanswered' };

export interface JsonServer {
  url: string;
  port: number;
  /** Ends every connection at once, answered or not; resolves once nothing is being answered any more. */
  stop: () => Promise<void>;
}

const maxBodyBytes = 33_554_432;

/** The server of a sandbox: reads each request's body as text and sends what `answer` makes of it. */
export async function startJsonServer(
  { port, host }: { port?: number | undefined; host?: string | undefined },
  answer: (req: IncomingMessage, url: URL, text: string) => Reply | Promise<Reply>,
): Promise<JsonServer> {
  const respond = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const text = await readText(req);
    if (text === null) return send(res, { status: 413, body: { error: { message: 'Body too large.' } } });
    send(res, await answer(req, new URL(req.url ?? '/', 'http://sandbox'), text));
  };
  const responding = new Set<Promise<void>>();
  const server = createServer((req, res) => {
    const response = respond(req, res)
      .catch((error: unknown) => {
        if (res.headersSent || res.destroyed) return;
        const message = `The sandbox itself failed: ${error instanceof Error ? error.message : String(error)}`;
        send(res, { status: 500, body: { error: { message } } });
      })
      .finally(() => responding.delete(response));
    responding.add(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port ?? 0, host ?? '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox listens on no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    stop: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, ...responding]);
    },
  };
}

function send(res: ServerResponse, reply: Reply): void {
  if ('kept' in reply) {
    if (reply.kept === 'dropped') res.destroy();
    return; // unanswered: open until the caller gives up
  }
  const { status, body, headers } = reply;
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
  res.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The whole body as text, or null when it is over the limit; what follows is read and thrown away. */
async function readText(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? null : Buffer.concat(chunks).toString('utf8');
}
