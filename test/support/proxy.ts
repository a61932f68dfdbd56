import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client of ours and a server, and can keep the server's answers back. */
export interface Proxy {
  /** The given address, by way of the proxy. */
  url: string;
  /** Bytes from the server stay here from now on. */
  holdAnswers(): void;
  /** Bytes that were kept back go on. */
  release(): void;
  /** Ends every connection; what was kept back is lost. New ones pass again. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const url = new URL(target);
  const [host, port] = [url.hostname, Number(url.port)];
  const pairs = new Set<[Socket, Socket]>();
  let holding = false;
  const server = createServer(client => {
    const upstream = connect(port, host);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    client.pipe(upstream);
    if (!holding) upstream.pipe(client);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    holding = false;
    for (const [client, upstream] of pairs) {
      client.destroy();
      upstream.destroy();
    }
  };
  return {
    url: url.href,
    holdAnswers: () => {
      holding = true;
      for (const [client, upstream] of pairs) upstream.unpipe(client).pause();
    },
    release: () => {
      holding = false;
      for (const [client, upstream] of pairs) upstream.pipe(client);
    },
    cut,
    stop: async () => {
      cut();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
