import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrivateProcess } from '../embedded/private-process.ts';

export interface SupervisedOptions {
  name: string;
  /** The entry's path from the project's root, without suffix: `workers/main`. */
  entry: string;
  env: Record<string, string>;
  /** Answers 200 once it is up. */
  healthUrl: string;
  /** Its log and its mark are kept here. */
  dir: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const startWithinMs = 90_000;

/** A process of the project, to be killed, paused and started again. It never outlives this one. */
export class Supervised {
  readonly name: string;
  readonly logFile: string;
  /** Each that it has had. */
  readonly pids: number[] = [];
  /** Each time that it ended by itself, with the last that it said. */
  readonly crashes: { atMs: number; said: string }[] = [];
  #ending = false;
  readonly #options: SupervisedOptions;
  #process: PrivateProcess | null = null;

  constructor(options: SupervisedOptions) {
    this.name = options.name;
    this.logFile = join(options.dir, `${options.name}.log`);
    this.#options = options;
  }

  get alive(): boolean {
    return this.#process?.alive ?? false;
  }

  /** Resolves once it is up; one that ends before that is started again, as a supervisor does. */
  async start(): Promise<void> {
    const { name, entry, env, healthUrl, dir } = this.#options;
    const deadlineMs = performance.now() + startWithinMs;
    this.#ending = false;
    while (!this.alive) {
      // The same loader and the same form, .ts or built .js, as this process runs.
      const script = join(root, `${entry}${extname(import.meta.filename)}`);
      const spawned = await PrivateProcess.spawn({
        command: process.execPath,
        args: [...loaders(), script],
        env: { PATH: process.env['PATH'] ?? '', ...env },
        cwd: root,
        logFile: this.logFile,
        pidFile: join(dir, `${name}.pid`),
        exitSignal: 'SIGKILL',
      });
      this.#process = spawned;
      this.pids.push(spawned.pid);
      try {
        await spawned.ready(() => isHealthy(healthUrl), { timeoutMs: startWithinMs, intervalMs: 50 });
        void spawned.ended.then(() => this.#ending || this.#crashed(spawned));
      } catch (error) {
        await spawned.end('SIGKILL');
        if (performance.now() > deadlineMs) throw error;
      }
    }
  }

  signal(name: NodeJS.Signals): void {
    if (this.#process?.alive) process.kill(this.#process.pid, name);
  }

  /** Sends a signal and waits for the end, which comes by SIGKILL after `graceMs` at the latest. */
  async end(signal: NodeJS.Signals, graceMs = 40_000): Promise<void> {
    this.#ending = true;
    await this.#process?.end(signal, graceMs);
  }

  #crashed({ output }: PrivateProcess): void {
    const lines = output.split('\n').filter(line => !line.startsWith('{'));
    this.crashes.push({ atMs: Date.now(), said: lines.slice(0, 20).join('\n') });
    this.start().catch(() => {}); // whoever waits for work sees that there is none
  }
}

function loaders(): string[] {
  return extname(import.meta.filename) === '.ts' ? ['--import', 'tsx'] : [];
}

async function isHealthy(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`it answers ${response.status}`);
}
