import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A process of ours, on its own, as an operating system sees it. */
export interface TestProcess {
  pid: number;
  /** What it has written so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Sends a signal and waits for the end; answers the exit code, null if the signal ended it. */
  end(name: NodeJS.Signals): Promise<number | null>;
  /** Resolves when it has ended, by whatever cause. */
  ended: Promise<number | null>;
}

/** Runs `entry`, a path from the project's root, and resolves once it has logged that it is ready. */
export async function startProcess(entry: string, env: Record<string, string>): Promise<TestProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  // A run that is cut short leaves no worker behind, not even a paused one.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').then(([code]) => {
    process.off('exit', kill);
    return code as number | null;
  });
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('"msg":"ready"')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => reject(new Error(`${entry} ended before it was ready:\n${output}`)));
  });
  return {
    pid: child.pid as number,
    output: () => output,
    signal: name => void child.kill(name),
    end: async name => {
      child.kill(name);
      return ended;
    },
    ended,
  };
}
