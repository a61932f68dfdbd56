/** Places in which jobs of one kind run. Handed out in the order in which they were asked for. */
export class Slots {
  #limit: number;
  #used = 0;
  readonly #waiting: { grant: () => void; cancel: (reason: unknown) => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Takes a place if one is free now and nobody waits. */
  tryAcquire(): boolean {
    if (this.#used >= this.#limit || this.#waiting.length > 0) return false;
    this.#used += 1;
    return true;
  }

  /** Waits for a place; rejects with the signal's reason if that is aborted first. */
  acquire(signal: AbortSignal): Promise<void> {
    if (this.tryAcquire()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const entry = { grant: resolve, cancel: reject };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason as Error);
      };
      entry.grant = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(entry);
    });
  }

  release(): void {
    this.#used -= 1;
    this.#fill();
  }

  /** Fewer than are in use takes effect as they end. */
  setLimit(limit: number): void {
    this.#limit = limit;
    this.#fill();
  }

  #fill(): void {
    while (this.#used < this.#limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#used += 1;
      next.grant();
    }
  }
}
