import { type EmbeddedPostgres, startPostgres } from '../../ops/embedded/postgres.ts';
import { obtainRabbitmq, type PrivateRabbitmq } from './obtain-rabbitmq.ts';
import { removeRunDirectory, runDirectory } from './run-directory.ts';

const ends: (() => Promise<void>)[] = [];
const forgets: (() => void)[] = [];

/**
 * The run's shared Postgres: `TEST_POSTGRES_URL`, else one of our own, started at the first call; a fault test takes
 * `startDedicatedPostgres`.
 */
export const postgres = once(async (): Promise<{ url: string }> => {
  const url = process.env['TEST_POSTGRES_URL'];
  return url ? { url } : startDedicatedPostgres();
});

/**
 * The run's shared broker: `AMQP_URL` (with its management API at `AMQP_MANAGEMENT_URL`, by default port 15672 of the same
 * host), else a node of our own. Its start takes some ten seconds, a package installation more: give the hook that may
 * be the first `this.timeout(120_000)`.
 */
export const rabbitmq = once(async (): Promise<{ url: string; managementUrl: string }> => {
  const url = process.env['AMQP_URL'];
  if (!url) return startDedicatedRabbitmq();
  const { username, password, hostname } = new URL(url);
  const login = `${username || 'guest'}:${password || 'guest'}`;
  return { url, managementUrl: process.env['AMQP_MANAGEMENT_URL'] ?? `http://${login}@${hostname}:15672` };
});

/** One broker for all files that stop, block or wipe it; each leaves it running. Its queues outlive a test, with nudges that match no job of the next. */
export const breakableRabbitmq = once(() => startDedicatedRabbitmq());

/** A Postgres for one test file to stop, kill and restart; not durable unless asked. Ended at `stopServices` at the latest. */
export async function startDedicatedPostgres(options: { durable?: boolean } = {}): Promise<EmbeddedPostgres> {
  const dir = await runDirectory('postgres');
  const server = await startPostgres({ dir, durable: options.durable ?? false, maxConnections: 300 });
  ends.push(() => server.stop());
  return server;
}

/** A broker for one test file to stop, kill and wipe. Ended at `stopServices` at the latest. */
export async function startDedicatedRabbitmq(options: { consumerTimeoutMs?: number } = {}): Promise<PrivateRabbitmq> {
  const broker = await obtainRabbitmq({ dir: await runDirectory('rabbitmq'), ...options });
  ends.push(() => broker.remove());
  return broker;
}

/** Ends whatever this process has started and removes what it kept; what is asked for again starts anew. */
export async function stopServices(): Promise<void> {
  for (const forget of forgets) forget();
  await Promise.allSettled(ends.splice(0).map(end => end()));
  removeRunDirectory();
}

function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | null = null;
  forgets.push(() => {
    started = null;
  });
  return () => (started ??= start());
}
