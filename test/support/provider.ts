import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as it arrived. */
export interface Call {
  /** The caller's once key: a real provider would act once for all calls that carry it. */
  key: string;
  attempt: number;
  pid: number;
}

/** An outside that counts what it is asked to do, and can keep its callers waiting. */
export interface Provider {
  url: string;
  calls: Call[];
  callsOf(key: string): Call[];
  /** The once keys that took effect: each once, however often it was called. */
  effects(): string[];
  /** From now on calls count, and are answered only after `release`. */
  hold(): void;
  release(): void;
  stop(): Promise<void>;
}

export async function startProvider(): Promise<Provider> {
  const calls: Call[] = [];
  let held: ServerResponse[] | null = null;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    calls.push(JSON.parse(Buffer.concat(chunks).toString()) as Call);
    if (held) held.push(response);
    else response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    callsOf: key => calls.filter(call => call.key === key),
    effects: () => [...new Set(calls.map(call => call.key))],
    hold: () => {
      held ??= [];
    },
    release: () => {
      for (const response of held ?? []) response.end();
      held = null;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
