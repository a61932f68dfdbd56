import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface OwnerProcess {
  process: ChildProcess;
  /** Of the service that it started. */
  url: string;
  pid: number;
}

/** Starts a process that starts an embedded service under `dir`, then waits to be killed, or exits at once. */
export async function startOwner(
  service: 'postgres' | 'rabbitmq',
  dir: string,
  ending?: 'exit',
): Promise<OwnerProcess> {
  const script = fileURLToPath(new URL('owner-script.ts', import.meta.url));
  const args = ['--import', 'tsx', script, service, dir, ...(ending ? [ending] : [])];
  const process = spawn(globalThis.process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(process.stdout);
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(process, 'exit').then(([code]) => {
      throw new Error(`the owner of the ${service} ended with ${code}`);
    }),
  ]);
  const { url, pid } = JSON.parse(String(line));
  return { process, url, pid };
}
