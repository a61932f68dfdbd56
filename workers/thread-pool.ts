import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

export interface ThreadPoolOptions {
  /** What each thread runs. It answers every message with `{ output }` or `{ error }`, in turn. */
  script: URL;
  /** At most; never more than the machine has cores. */
  threads: number;
}

/** What a thread posts for a task. */
export type Answer<Output> = { output: Output } | { error: unknown };

interface Task<Input, Output> {
  input: Input;
  resolve: (output: Output) => void;
  reject: (error: unknown) => void;
}

interface Thread<Input, Output> {
  worker: Worker;
  task: Task<Input, Output> | undefined;
}

/** A thread may grow to this before it is ended, which fails its own task alone. */
const maxHeapMb = 512;

/**
 * Threads for work that would block the event loop: started on first use, kept, a task each at a time. One that crashes,
 * or whose task is aborted, is ended and replaced when there is work for another. Threads without a task don't keep the
 * process alive.
 */
export class ThreadPool<Input, Output> {
  readonly #script: URL;
  readonly #maxThreads: number;
  readonly #threads = new Set<Thread<Input, Output>>();
  #waiting: Task<Input, Output>[] = [];
  #closed = false;

  constructor({ script, threads }: ThreadPoolOptions) {
    this.#script = script;
    this.#maxThreads = Math.max(1, Math.min(availableParallelism(), threads));
  }

  /** Does one task. Rejects with its error, with that of a crash, or with the signal's reason, whatever the task was at. */
  async run(input: Input, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Output> {
    if (this.#closed) throw new Error('the pool is closed');
    signal?.throwIfAborted();
    let abort = () => {};
    const done = new Promise<Output>((resolve, reject) => {
      const task = { input, resolve, reject };
      abort = () => this.#drop(task, signal?.reason);
      this.#waiting.push(task);
    });
    signal?.addEventListener('abort', abort, { once: true });
    this.#assign();
    try {
      return await done;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the threads; what is not done by now rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = new Error('the pool was closed');
    for (const task of this.#waiting.splice(0)) task.reject(error);
    await Promise.all([...this.#threads].map(thread => this.#end(thread, error)));
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idleThread();
      if (!thread) return;
      const task = (thread.task = this.#waiting.shift() as Task<Input, Output>);
      try {
        thread.worker.postMessage(task.input, []);
        thread.worker.ref();
      } catch (error) {
        // An input that can't be sent. The thread is none the worse for it.
        thread.task = undefined;
        task.reject(error);
      }
    }
  }

  #idleThread(): Thread<Input, Output> | undefined {
    for (const thread of this.#threads) if (!thread.task) return thread;
    return this.#threads.size < this.#maxThreads ? this.#start() : undefined;
  }

  #start(): Thread<Input, Output> {
    const worker = startWorker(this.#script);
    const thread: Thread<Input, Output> = { worker, task: undefined };
    this.#threads.add(thread);
    worker.on('message', (answer: Answer<Output>) => {
      const { task } = thread;
      thread.task = undefined;
      worker.unref();
      if ('error' in answer) task?.reject(answer.error);
      else task?.resolve(answer.output);
      this.#assign();
    });
    worker.on('error', error => void this.#end(thread, error));
    worker.on('exit', code => void this.#end(thread, new Error(`the thread ended with ${code}`)));
    return thread;
  }

  /** A task that nobody wants any more: a thread that is at it can't be stopped otherwise. */
  #drop(task: Task<Input, Output>, reason: unknown): void {
    this.#waiting = this.#waiting.filter(other => other !== task);
    task.reject(reason);
    for (const thread of this.#threads) if (thread.task === task) void this.#end(thread, reason);
  }

  async #end(thread: Thread<Input, Output>, error: unknown): Promise<void> {
    if (!this.#threads.delete(thread)) return;
    thread.task?.reject(error);
    this.#assign();
    await thread.worker.terminate();
  }
}

function startWorker(script: URL): Worker {
  // Not the process's own arguments: what was preloaded there (tracing, a loader) is nothing to the threads.
  const options: WorkerOptions = { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb }, execArgv: [] };
  if (!script.pathname.endsWith('.ts')) return new Worker(script, options);
  // In Node 20 a loader doesn't reach the first module of a thread: TypeScript is required instead.
  const paths = [createRequire(import.meta.url).resolve('tsx/cjs'), fileURLToPath(script)];
  return new Worker(paths.map(path => `require(${JSON.stringify(path)});`).join('\n'), { ...options, eval: true });
}
