/** Answers that are good for a while, each worked out once however many ask at the same time. */
export class OneAtATime<Value> {
  readonly #freshMs: number;
  readonly #kept = new Map<string, { atMs: number; value: Promise<Value> }>();

  constructor(freshMs: number) {
    this.#freshMs = freshMs;
  }

  get(key: string, work: () => Promise<Value>): Promise<Value> {
    const kept = this.#kept.get(key);
    if (kept && performance.now() - kept.atMs < this.#freshMs) return kept.value;
    if (this.#kept.size > 200) this.#kept.clear();
    const value = work();
    this.#kept.set(key, { atMs: performance.now(), value });
    // A failure is nobody's answer but theirs who asked.
    value.catch(() => this.#kept.delete(key));
    return value;
  }
}
