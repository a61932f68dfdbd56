import sharp from 'sharp';
import type { VerificationCheck } from '../../shared/verification-check.ts';
import { ThreadPool } from '../thread-pool.ts';
import type { Task, TaskAnswer } from './do-task.ts';
import type { ExamineRequest } from './examination.ts';
import type { FileKind } from './read-file.ts';
import { Unreadable } from './unreadable.ts';

/** Compiled or not, the thread's code lies beside this. */
const script = new URL(`./read-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
const watchEveryMs = 100;

// Settings of the whole process, made in its main thread so that the native code stays loaded when a thread ends: a picture
// takes one core, and none comes twice.
sharp.concurrency(1);
sharp.cache(false);

export interface OcrPoolOptions {
  /** For one file, from when its turn comes. */
  timeoutMs?: number;
  /** How much the process may grow while a file is read: a small PDF may unpack to gigabytes. */
  maxGrowthBytes?: number;
}

/**
 * Reads files off the event loop, one after the other, in a thread that is started with the first and kept. A file that
 * takes too long or too much memory, that crashes the thread, or whose signal is aborted, ends it; the next starts another.
 */
export class OcrPool {
  readonly #threads = new ThreadPool<Task, TaskAnswer>({ script, threads: 1 });
  readonly #timeoutMs: number;
  readonly #maxGrowthBytes: number;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor({ timeoutMs = 180_000, maxGrowthBytes = 768 * 1024 ** 2 }: OcrPoolOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#maxGrowthBytes = maxGrowthBytes;
  }

  /** Reads a document and checks it by its type. Throws `Unreadable`, or the signal's reason. */
  async check(
    kind: FileKind,
    bytes: Uint8Array,
    request: ExamineRequest,
    signal?: AbortSignal,
  ): Promise<VerificationCheck[]> {
    const answer = await this.#inTurn({ want: 'checks', kind, bytes, request }, signal);
    return (answer as { checks: VerificationCheck[] }).checks;
  }

  /** A picture as a JPEG of at most 1024 pixels a side, without metadata. Throws `Unreadable`, or the signal's reason. */
  async picture(bytes: Uint8Array, signal?: AbortSignal): Promise<Buffer> {
    const answer = await this.#inTurn({ want: 'picture', bytes }, signal);
    return Buffer.from((answer as { picture: Uint8Array }).picture);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#threads.close();
  }

  /** One at a time, so that the limits are those of one file. */
  async #inTurn(task: Task, signal: AbortSignal | undefined): Promise<TaskAnswer> {
    const previous = this.#last;
    const limit = new AbortController();
    const abort = () => limit.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const run = previous.then(() => this.#run(task, limit));
    this.#last = run.then(
      () => {},
      () => {},
    );
    try {
      // Whoever gives up does not wait for a turn.
      return await Promise.race([run, rejectionOf(limit.signal)]);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #run(task: Task, limit: AbortController): Promise<TaskAnswer> {
    const { signal } = limit;
    signal.throwIfAborted();
    const most = process.memoryUsage.rss() + this.#maxGrowthBytes;
    const timer = setTimeout(() => limit.abort(new Unreadable('reading_timed_out')), this.#timeoutMs);
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() > most) limit.abort(new Unreadable('reading_too_big'));
    }, watchEveryMs);
    try {
      const answer = await this.#threads.run(task, { signal });
      if ('unreadable' in answer) throw new Unreadable(answer.unreadable);
      return answer;
    } catch (error) {
      if (signal.aborted || this.#closed || error instanceof Unreadable) throw error;
      const outOfMemory = (error as NodeJS.ErrnoException)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
      throw new Unreadable(outOfMemory ? 'reading_too_big' : 'ocr_failed', { cause: error });
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
    }
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
