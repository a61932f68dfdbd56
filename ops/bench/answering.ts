import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once a server answers there, whatever it answers; rejects after half a minute. */
export async function answering(url: string): Promise<void> {
  for (const endMs = Date.now() + 30_000; Date.now() < endMs; await sleep(100)) {
    const reply = await fetch(url).catch(() => null);
    if (reply && reply.status < 500) return;
  }
  throw new Error(`${url} does not answer`);
}
