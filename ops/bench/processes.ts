import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const live = new Set<ChildProcess>();

/** Built once, everything runs built; mixing would compare Node's memory with tsx's. */
export const runsBuilt = existsSync(`${root}dist/edge/main.js`);

export interface Started {
  pid: number;
  process: ChildProcess;
  stop: () => Promise<void>;
}

export interface StartOptions {
  args?: string[];
  env?: Record<string, string>;
  /** Given the first lines of what it says on stdout and stderr when it ends before it was stopped. */
  onEnd?: (said: string) => void;
}

/** Starts a file of the project, named by its path without suffix (`edge/main`), as its own OS process with an IPC channel. */
export function startProcess(file: string, { args = [], env = {}, onEnd }: StartOptions = {}): Started {
  const script = runsBuilt ? `${root}dist/${file}.js` : `${root}${file}.ts`;
  const child = fork(script, args, {
    cwd: root,
    env: { ...process.env, ...env },
    execArgv: runsBuilt ? [] : ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (child.pid === undefined) throw new Error(`${file} did not start`);
  live.add(child);
  let stopping = false;
  let said = '';
  const listen = (chunk: Buffer) => {
    if (said.length < 4000) said += chunk.toString();
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  child.once('exit', code => {
    live.delete(child);
    if (stopping) return;
    if (onEnd) onEnd(said);
    else if (code !== 0) console.error(`${file} ended with ${code}:\n${said}`);
  });
  const stop = async () => {
    stopping = true;
    await stopChild(child);
  };
  return { pid: child.pid, process: child, stop };
}

/** The first IPC message of a process; rejects if it ends before. */
export function firstMessage(started: Started, timeoutMs = 30_000): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no message in time')), timeoutMs);
    started.process.once('message', message => {
      clearTimeout(timer);
      resolve(message);
    });
    started.process.once('exit', code => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready`));
    });
  });
}

export async function stopAllProcesses(): Promise<void> {
  await Promise.all([...live].map(stopChild));
}

/** The most memory that a process has held so far, in MB; 0 when it is gone. Linux only. */
export const peakRssMb = (pid: number) => readRssMb(pid, 'VmHWM');

/** What it holds now, in MB. */
export const currentRssMb = (pid: number) => readRssMb(pid, 'VmRSS');

async function readRssMb(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
