import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { settings } from '../../shared/settings.ts';

export interface PrivateSystem {
  dataDir: string;
  stop: () => Promise<void>;
}

// The first start of all makes a database cluster and may boot a RabbitMQ.
const startWithinMs = 120_000;
const stopWithinMs = 60_000;

/** Starts `npm start` with everything of its own, in a temporary data directory that goes with it. Rejects with its last lines if it ends. */
export async function startPrivateSystem(env: Record<string, string> = {}): Promise<PrivateSystem> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-demo-'));
  // As root, Postgres runs as another user and passes through here.
  await chmod(root, 0o755);
  const dataDir = join(root, 'data');
  // The same loader and the same form, .ts or built .js, as this process runs.
  const script = fileURLToPath(new URL(`../start${extname(import.meta.filename)}`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script], {
    env: { ...withoutSettings(process.env), LOG_LEVEL: 'warn', DATA_DIR: dataDir, PORT: '0', OPS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches us alone, and the child gets its one signal from `stop`.
    detached: true,
  });
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const lines: string[] = [];
  const stop = async () => {
    child.kill('SIGTERM');
    const cut = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await exited;
    clearTimeout(cut);
    await rm(root, { recursive: true, force: true });
  };
  process.once('exit', () => child.kill('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`it was not ready in time: ${lines.join('\n')}`)), startWithinMs);
      const read = (line: string) => {
        lines.push(line);
        lines.splice(0, lines.length - 20);
        if (line.startsWith('ready')) resolve();
      };
      createInterface(child.stdout).on('line', read);
      createInterface(child.stderr).on('line', read);
      child.once('error', reject);
      child.once('exit', code => reject(new Error(`it ended with ${code}: ${lines.join('\n')}`)));
      void exited.then(() => clearTimeout(late));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { dataDir, stop };
}

/** Without any setting of ours: what the shell points at may be somebody's real database, broker or provider. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = new Set<string>(Object.values(settings).map(setting => setting.env));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.has(name)));
}
