import { setTimeout as delay } from 'node:timers/promises';

/** Runs the steps of a demo one after the other, and prints each with the time it took. */
export class Steps {
  readonly #print: (line: string) => void;
  readonly #startedMs = performance.now();
  #count = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get count(): number {
    return this.#count;
  }

  get totalS(): string {
    return secondsSince(this.#startedMs);
  }

  /** A step fails by throwing; its answer, if it is a text, is printed beside it. */
  async run<T>(title: string, step: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    this.#count += 1;
    try {
      const answer = await step();
      this.#print(
        `${secondsSince(startedMs).padStart(7)} s  ok    ${title}${typeof answer === 'string' ? `: ${answer}` : ''}`,
      );
      return answer;
    } catch (error) {
      this.#print(`${secondsSince(startedMs).padStart(7)} s  FAIL  ${title}`);
      throw error;
    }
  }
}

function secondsSince(startedMs: number): string {
  return ((performance.now() - startedMs) / 1_000).toFixed(2);
}

/** Throws, with the values, unless a claim of the demo holds. */
export function must(holds: boolean, what: string, seen: unknown): asserts holds {
  if (!holds) throw new Error(`${what}, but it is ${JSON.stringify(seen)}`);
}

const pollEveryMs = 100;

/** Reads until `good` holds of what was read. Rejects after `timeoutMs` with what was read last. */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  good: (value: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (good(value)) return value;
    if (performance.now() > deadlineMs) must(false, `${what} within ${timeoutMs / 1_000} s`, value);
    await delay(pollEveryMs);
  }
}
