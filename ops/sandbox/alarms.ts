/** Node's timers fire at once beyond this. */
const longestMs = 2 ** 31 - 1;

/** What happens by itself later, by name. Nothing here keeps a process alive, and nothing of it outlives `clear`. */
export class Alarms {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #nowMs: () => number;

  /** `nowMs` is the clock that `at` is meant by; the waiting is real time. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Rings once at `at` (Unix milliseconds), at once if that is past. A second alarm of the same name replaces the first. */
  set(name: string, at: number, ring: () => void): void {
    clearTimeout(this.#timers.get(name));
    const waitMs = Math.min(Math.max(at - this.#nowMs(), 0), longestMs);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      ring();
    }, waitMs);
    this.#timers.set(name, timer.unref());
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
