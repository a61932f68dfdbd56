import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './error-code.ts';
import { markedPid, processMark } from './process-mark.ts';

export interface PrivateCommand {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  /** Appended to; holds stdout and stderr. */
  logFile: string;
  /** Where the process's mark is kept while it runs, for `endOrphan` after a parent that was killed. */
  pidFile: string;
  /** Sent when this process exits without having ended the child. */
  exitSignal: NodeJS.Signals;
  uid?: number;
  gid?: number;
}

const running = new Map<ChildProcess, NodeJS.Signals>();
process.on('exit', () => running.forEach((signal, child) => send(child.pid, signal)));

/**
 * A server of ours alone. It leads a session of its own, so that a Ctrl-C in the terminal reaches only this process,
 * which drains first and then ends it; it never outlives this process's exit, unless that is a SIGKILL (`endOrphan`).
 */
export class PrivateProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #logFile: string;
  readonly #logStart: number;

  private constructor(child: ChildProcess, exited: Promise<void>, logFile: string, logStart: number) {
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#exited = exited;
    this.#logFile = logFile;
    this.#logStart = logStart;
  }

  /** Throws when the command can't be run at all. */
  static async spawn({ command, args, pidFile, logFile, exitSignal, ...options }: PrivateCommand) {
    const log = openSync(logFile, 'a');
    const logStart = statSync(logFile).size;
    const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const exited = new Promise<void>(resolve => {
      child.once('exit', () => {
        running.delete(child);
        rmSync(pidFile, { force: true });
        resolve();
      });
    });
    if (child.pid !== undefined) {
      running.set(child, exitSignal);
      writeFileSync(pidFile, processMark(child.pid) ?? '');
    }
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return new PrivateProcess(child, exited, logFile, logStart);
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it has ended, by whatever cause. */
  get ended(): Promise<void> {
    return this.#exited;
  }

  /** What it has written since it began. */
  get output(): string {
    return readFileSync(this.#logFile).subarray(this.#logStart).toString().trim();
  }

  /** Resolves at the first probe that doesn't throw; throws, with the log's end, if the process dies or the time is up. */
  async ready(probe: () => Promise<void>, { timeoutMs, intervalMs }: { timeoutMs: number; intervalMs: number }) {
    const deadline = Date.now() + timeoutMs;
    while (true) {
      try {
        return await probe();
      } catch (cause) {
        const late = Date.now() > deadline;
        if (late || !this.alive) {
          const name = basename(this.#child.spawnfile);
          const what = late ? `wasn't ready within ${timeoutMs} ms` : 'ended while it started';
          throw new Error(`${name} ${what}; ${this.#logFile} ends with:\n${this.output.slice(-2000)}`, { cause });
        }
        await delay(intervalMs);
      }
    }
  }

  /** Sends the signal and waits for the end; kills after `graceMs`. */
  async end(signal: NodeJS.Signals, graceMs = 30_000): Promise<void> {
    if (!this.alive) return this.#exited;
    send(this.pid, signal);
    const timer = setTimeout(() => send(this.pid, 'SIGKILL'), graceMs);
    await this.#exited;
    clearTimeout(timer);
  }
}

/** Ends the process that a killed parent left behind, as marked in `pidFile`; any other process of that pid is left alone. */
export async function endOrphan(pidFile: string, signal: NodeJS.Signals, graceMs = 30_000): Promise<void> {
  const killAt = Date.now() + graceMs;
  let next: NodeJS.Signals | null = signal;
  for (let pid = markedPid(pidFile); pid !== null; pid = markedPid(pidFile)) {
    if (next !== null) send(pid, next);
    next = Date.now() > killAt ? 'SIGKILL' : null;
    await delay(20);
  }
  rmSync(pidFile, { force: true });
}

/** SIGKILL goes to the whole group, helpers included; a polite signal to the server alone, which ends them in its order. */
function send(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
