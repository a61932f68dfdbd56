import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between clients and a server, and makes of their connections what a network can. */
export interface Proxy {
  /** The first target's address, by way of the proxy. */
  url: string;
  /** Bytes from the server stay here from now on. */
  holdAnswers(): void;
  /** No bytes pass any more, in either direction; nobody is told. */
  holdAll(): void;
  /** What was kept back goes on, and so does everything else, without delay. */
  release(): void;
  /** Every piece waits so long from now on. */
  slow(delayMs: number): void;
  /** Ends every connection; what was kept back is lost. New ones pass again. */
  cut(): void;
  /** Ends each connection in the middle of the next answer. */
  cutHalfway(): void;
  /** The server sees its connections end, the clients never hear of it: as when a router forgets them. New ones pass. */
  forget(): void;
  /** Connects to nothing until told otherwise, and ends what is there. */
  refuse(refusing: boolean): void;
  stop(): Promise<void>;
}

interface Pair {
  client: Socket;
  upstream: Socket;
  ways: readonly [Way, Way];
  end(): void;
}

/** @param targets addresses of the same service; a connection goes to the next one that takes it. */
export async function startProxy(...targets: [string, ...string[]]): Promise<Proxy> {
  const url = new URL(targets[0]);
  const addresses = targets.map(target => new URL(target)).map(({ hostname, port }) => ({ hostname, port: +port }));
  const pairs = new Set<Pair>();
  const sockets = new Set<Socket>();
  let turn = 0;
  let refusing = false;
  const mode = { held: { up: false, down: false }, delayMs: 0 };

  const join = (client: Socket, upstream: Socket) => {
    const ways = [
      new Way(client, upstream, () => mode.delayMs),
      new Way(upstream, client, () => mode.delayMs),
    ] as const;
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    const pair: Pair = { client, upstream, ways, end };
    pairs.add(pair);
    for (const socket of [client, upstream]) socket.once('close', () => pairs.has(pair) && end());
    if (mode.held.up) ways[0].hold();
    if (mode.held.down) ways[1].hold();
  };

  const server = createServer({ pauseOnConnect: true, noDelay: true }, client => {
    sockets.add(client);
    client.on('error', () => {}).once('close', () => sockets.delete(client));
    if (refusing) {
      client.destroy();
      return;
    }
    const first = turn++;
    const dial = (tried: number): void => {
      const address = addresses[(first + tried) % addresses.length];
      if (!address || tried === addresses.length || client.destroyed) return void client.destroy();
      const upstream = connect({ host: address.hostname, port: address.port, noDelay: true });
      const next = () => dial(tried + 1);
      upstream.on('error', () => {}).once('error', next);
      upstream.once('connect', () => {
        upstream.off('error', next);
        join(client, upstream);
      });
    };
    dial(0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.port = String((server.address() as AddressInfo).port);

  const hold = (up: boolean, down: boolean) => {
    mode.held = { up, down };
    for (const { ways } of pairs) {
      if (up) ways[0].hold();
      if (down) ways[1].hold();
    }
  };
  const release = () => {
    mode.held = { up: false, down: false };
    mode.delayMs = 0;
    for (const { ways } of pairs) for (const way of ways) way.release();
  };
  const cut = () => {
    mode.held = { up: false, down: false };
    for (const pair of pairs) pair.end();
  };
  return {
    url: targets[0].endsWith('/') ? url.href : url.href.replace(/\/$/, ''),
    holdAnswers: () => hold(false, true),
    holdAll: () => hold(true, true),
    release,
    slow: delayMs => {
      mode.delayMs = delayMs;
    },
    cut,
    cutHalfway: () => {
      for (const pair of pairs) pair.ways[1].breakOff(() => pair.end());
    },
    forget: () => {
      mode.held = { up: false, down: false };
      for (const pair of pairs) {
        pairs.delete(pair);
        pair.upstream.destroy();
        for (const way of pair.ways) way.close();
        pair.client.resume(); // whatever it still says is heard by nobody
      }
    },
    refuse: yes => {
      refusing = yes;
      if (yes) cut();
    },
    stop: async () => {
      cut();
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** One direction of a connection. */
class Way {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #delayMs: () => number;
  #held = false;
  #closed = false;
  #lastDueMs = 0;
  #breakOff: (() => void) | null = null;

  constructor(from: Socket, to: Socket, delayMs: () => number) {
    this.#from = from;
    this.#to = to;
    this.#delayMs = delayMs;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.once('end', () => this.#later(() => to.end()));
    to.on('drain', () => this.#held || from.resume());
    from.resume();
  }

  hold(): void {
    this.#held = true;
    this.#from.pause();
  }

  release(): void {
    this.#held = false;
    this.#from.resume();
  }

  close(): void {
    this.#closed = true;
  }

  /** Passes half of the next piece on, and then ends the connection. */
  breakOff(end: () => void): void {
    this.#breakOff = end;
  }

  #take(chunk: Buffer): void {
    const end = this.#breakOff;
    if (!end) return this.#later(() => this.#pass(chunk));
    this.#to.write(chunk.subarray(0, chunk.length >> 1), end);
  }

  #pass(chunk: Buffer): void {
    if (!this.#to.write(chunk)) this.#from.pause();
  }

  /** At once, unless pieces are delayed: then in their order. */
  #later(act: () => void): void {
    const now = performance.now();
    const dueMs = Math.max(now + this.#delayMs(), this.#lastDueMs);
    if (dueMs <= now) return this.#closed ? undefined : act();
    this.#lastDueMs = dueMs;
    setTimeout(() => this.#closed || this.#to.destroyed || act(), dueMs - now);
  }
}
