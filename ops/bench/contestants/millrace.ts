import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '../../../db/connect.ts';
import { createServiceKey } from '../../../db/core/service-keys.ts';
import { migrate } from '../../../db/migrate.ts';
import type { Contestant, Running } from '../contestant.ts';
import { processEnv } from '../process-env.ts';
import { startProcess } from '../processes.ts';
import { freePorts } from '../../embedded/free-ports.ts';
import type { Database, Services } from '../services.ts';

export const millraceRemote = contestant('millrace-remote', 'millrace, remote', 'noop');
export const millraceLocal = contestant('millrace-local', 'millrace, local', 'noop-local');

/** A running system of ours, with what the benches of memory, backlog and idle latency need beyond the contest. */
export interface RunningMillrace extends Running {
  workerPid: number;
  db: Database;
  completed: () => Promise<number>;
  finished: (ids: string[]) => Promise<string[]>;
  stopWorker: () => Promise<void>;
  startWorker: () => Promise<void>;
}

/** Edge and worker as two processes on a database and a broker of their own, with every promise on: auth, validation, keys, confirms. */
export async function startMillrace(services: Services, kind: 'noop' | 'noop-local'): Promise<RunningMillrace> {
  const [{ url, db }, broker] = await Promise.all([services.emptyDatabase('millrace'), services.rabbitmq()]);
  const env = {
    DATABASE_URL: url,
    BROKER_URL: broker.url,
    // The peers log nothing.
    LOG_LEVEL: 'warn',
    ...processEnv,
  };
  await migrate(url);
  const key = await makeKey(url);

  const startOne = async (file: string) => {
    const [port, opsPort] = await freePorts(2);
    const started = startProcess(file, { env: { ...env, PORT: `${port}`, OPS_PORT: `${opsPort}` } });
    await ready(`http://127.0.0.1:${opsPort}/readyz`);
    return { ...started, port };
  };
  let worker = await startOne('workers/main');
  const edge = await startOne('edge/main');
  return {
    target: { url: `http://127.0.0.1:${edge.port}/jobs/${kind}`, headers: { Authorization: `Bearer ${key}` } },
    edgePid: edge.pid,
    get workerPid() {
      return worker.pid;
    },
    db,
    completed: async () => {
      const row = await db.one<{ count: string }>('select count(*) from core.jobs where finished_at is not null');
      return Number(row.count);
    },
    finished: async ids => {
      const rows = await db.any<{ id: string }>({
        name: 'finished',
        text: 'select id from core.jobs where id = any($1::uuid[]) and finished_at is not null',
        values: [ids],
      });
      return rows.map(row => row.id);
    },
    stopWorker: () => worker.stop(),
    startWorker: async () => {
      worker = await startOne('workers/main');
    },
    stop: async () => {
      await edge.stop();
      await worker.stop();
    },
  };
}

function contestant(name: string, title: string, kind: 'noop' | 'noop-local'): Contestant {
  return { name, title, start: services => startMillrace(services, kind) };
}

async function makeKey(url: string): Promise<string> {
  const db = connectDatabase({ url, maxConnections: 1, applicationName: 'millrace-bench' });
  try {
    return (await createServiceKey(db, { name: 'bench', kinds: ['noop', 'noop-local'], operator: false })).key;
  } finally {
    await db.$pool.end();
  }
}

async function ready(url: string, timeoutMs = 30_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const ok = await fetch(url).then(
      reply => reply.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > endMs) throw new Error(`${url} was not ready in time`);
    await sleep(50);
  }
}
