// The load generator, a process of its own: takes one order by IPC, sends samples while it works and its result at the end.
import { randomUUID } from 'node:crypto';
import { HttpConnection, postText } from './http-connection.ts';
import type { LoadMessage, LoadOrder, LoadResult } from './load.ts';
import { percentile } from './percentile.ts';

const epochMs = () => performance.timeOrigin + performance.now();
const tell = (message: LoadMessage) => process.send?.(message);

process.once('message', (order: LoadOrder) => {
  run(order).then(
    result => {
      tell({ result });
      process.disconnect();
    },
    error => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit(0));

async function run(order: LoadOrder): Promise<LoadResult> {
  const url = new URL(order.target.url);
  const connections = Array.from({ length: order.connections }, () => new HttpConnection(url));
  const prefix = randomUUID();
  const latenciesMs: number[] = [];
  const statuses: Record<number, number> = {};
  let sent = 0;
  let lastReplyMs = 0;

  /** Sends one request, counted from `sinceMs`: the moment it was due, so that a stalled edge doesn't hide its queue. */
  const post = (connection: HttpConnection, sinceMs: number, done: () => void) => {
    const n = sent++;
    const sampled = order.sampleEvery !== undefined && n % order.sampleEvery === 0;
    const text = postText(url, order.target.headers, `${prefix}-${n}`, `{"n":${n},"text":"hello"}`);
    connection.send(text, (status, body) => {
      lastReplyMs = epochMs();
      latenciesMs.push(lastReplyMs - sinceMs);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (sampled && status === 202) tell({ sample: { id: String(JSON.parse(body).id), sentAtMs: sinceMs } });
      done();
    });
  };

  const cpuBefore = process.cpuUsage();
  const startedAtMs = epochMs();
  const rest = (): number => startedAtMs + order.seconds * 1000 - epochMs();
  if (order.ratePerSecond === undefined)
    await closedLoop(connections, post, () => rest() > 0 && sent < (order.requests ?? Infinity));
  else await pacedLoop(connections, post, order.ratePerSecond, startedAtMs, () => rest() > 0);
  for (const connection of connections) connection.close();

  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (lastReplyMs - startedAtMs) / 1000;
  const accepted = statuses[202] ?? 0;
  latenciesMs.sort((a, b) => a - b);
  return {
    accepted,
    refused: sent - accepted,
    statuses,
    startedAtMs,
    seconds,
    cpuShare: (user + system) / 1e6 / seconds,
    acceptP50Ms: percentile(latenciesMs, 0.5),
    acceptP99Ms: percentile(latenciesMs, 0.99),
  };
}

type Post = (connection: HttpConnection, sinceMs: number, done: () => void) => void;

/** Each connection sends its next request when the last one is answered. */
async function closedLoop(connections: HttpConnection[], post: Post, more: () => boolean): Promise<void> {
  await Promise.all(
    connections.map(
      connection =>
        new Promise<void>(resolve => {
          const next = () => (more() ? post(connection, epochMs(), next) : resolve());
          next();
        }),
    ),
  );
}

/** Requests fall due at a steady rate, whether or not the earlier ones are answered. */
function pacedLoop(connections: HttpConnection[], post: Post, perSecond: number, startMs: number, more: () => boolean) {
  return new Promise<void>(resolve => {
    const idle = [...connections];
    let dueCount = 0;
    const dueAtMs = () => startMs + (dueCount * 1000) / perSecond;
    const pump = () => {
      while (more() && dueAtMs() <= epochMs()) {
        const connection = idle.pop();
        if (!connection) return;
        post(connection, dueAtMs(), () => {
          idle.push(connection);
          pump();
        });
        dueCount++;
      }
      if (!more() && idle.length === connections.length) {
        clearInterval(timer);
        resolve();
      }
    };
    const timer = setInterval(pump, 1);
  });
}
