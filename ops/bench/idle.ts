import { randomUUID } from 'node:crypto';
import { startMillrace } from './contestants/millrace.ts';
import { percentile } from './percentile.ts';
import type { Services } from './services.ts';

const warmUpJobs = 100;
const jobs = 500;

/** How long one client waits for one result on an idle system: posts with `Prefer: wait`, each after the former. */
export async function measureIdle(services: Services): Promise<unknown> {
  const running = await startMillrace(services, 'noop');
  try {
    const latenciesMs: number[] = [];
    for (let n = 0; n < warmUpJobs + jobs; n++) {
      const sentAtMs = performance.now();
      const reply = await fetch(running.target.url, {
        method: 'POST',
        headers: {
          ...running.target.headers,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
          prefer: 'wait=5',
        },
        body: JSON.stringify({ n, text: 'hello' }),
      });
      await reply.arrayBuffer();
      if (reply.status !== 200) throw new Error(`a waiting post was answered ${reply.status}`);
      if (n >= warmUpJobs) latenciesMs.push(performance.now() - sentAtMs);
    }
    latenciesMs.sort((a, b) => a - b);
    const [p50Ms, p99Ms] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)];
    console.log(`idle, accept to result over ${jobs} posts: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`);
    return { p50Ms, p99Ms, jobs };
  } finally {
    await running.stop();
  }
}
