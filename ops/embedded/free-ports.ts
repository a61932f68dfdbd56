import { createServer } from 'node:net';

/**
 * Below the range from which Linux (32768) and macOS (49152) take outgoing ports: while a server still boots, a
 * client that retries on loopback could otherwise be given the very port it dials, connect to itself and hold it.
 */
const lowest = 15_000;
const highest = 31_999;

/** `count` different TCP ports that nothing listens on at 127.0.0.1 at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 1000) throw new Error(`no free port found between ${lowest} and ${highest} on 127.0.0.1`);
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
