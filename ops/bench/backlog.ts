import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMillrace } from './contestants/millrace.ts';
import { runLoad } from './load.ts';
import { drained, type RoundSettings } from './round.ts';
import type { Database, Services } from './services.ts';

const backlogJobs = 200_000;
const jobsPerBatch = 1000;

/**
 * Our speed with no other live job against our speed above a standing backlog of 200,000 pending ones. The backlog is
 * posted through the batch route while no worker runs, then made due in a year, so that it stands while the measured jobs run.
 */
export async function measureBacklog(services: Services, { connections, seconds }: RoundSettings): Promise<unknown> {
  const running = await startMillrace(services, 'noop');
  const { target, db } = running;
  const speed = async () => {
    const before = await running.completed();
    const load = await runLoad({ target, connections, seconds });
    const missing = await drained(running, before + load.accepted);
    const elapsedMs = performance.timeOrigin + performance.now() - load.startedAtMs;
    return {
      acceptsPerSecond: load.accepted / load.seconds,
      completionsPerSecond: ((load.accepted - missing) * 1000) / elapsedMs,
    };
  };
  try {
    await speed();
    const without = await speed();
    await running.stopWorker();
    for (let posted = 0; posted < backlogJobs; posted += jobsPerBatch) {
      const items = Array.from({ length: jobsPerBatch }, (_, i) => ({ payload: { n: posted + i, text: 'hello' } }));
      const reply = await fetch(`${target.url}/batch`, {
        method: 'POST',
        headers: { ...target.headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify({ items }),
      });
      if (reply.status !== 202) throw new Error(`the batch was answered ${reply.status}: ${await reply.text()}`);
      await reply.arrayBuffer();
    }
    await settled(db);
    // Waiting a year for a second attempt: the nudges of the first, still in the broker, are stale and claim nothing.
    await db.none(
      `update core.jobs set state = 'pending', attempt = 1, due_at = now() + interval '1 year' where finished_at is null`,
    );
    await db.none('vacuum analyze core.jobs');
    await running.startWorker();
    const standing = await db.one<{ count: string }>('select count(*) from core.jobs where finished_at is null');
    await speed();
    const above = await speed();
    const show = (name: string, s: typeof without) =>
      console.log(
        `${name}: ${Math.round(s.acceptsPerSecond)} accepts/s, ${Math.round(s.completionsPerSecond)} completions/s`,
      );
    show('no backlog', without);
    show(`above ${standing.count} pending`, above);
    console.log(
      `ratio: accepts ${(above.acceptsPerSecond / without.acceptsPerSecond).toFixed(2)}, completions ${(above.completionsPerSecond / without.completionsPerSecond).toFixed(2)}`,
    );
    return { without, above, standing: Number(standing.count) };
  } finally {
    await running.stop();
  }
}

/** Until the edge has marked everything that the broker confirmed: a late mark would undo `pending`. */
async function settled(db: Database): Promise<void> {
  const endMs = Date.now() + 60_000;
  for (;;) {
    const { count } = await db.one<{ count: number | string }>(
      `select count(*) from core.jobs where state = 'pending'`,
    );
    if (Number(count) === 0) return;
    if (Date.now() > endMs) throw new Error(`${count} jobs were not handed to the broker within a minute`);
    await sleep(250);
  }
}
