interface Waiting {
  /** How many enter together; 0 wants to be alone. */
  places: number;
  grant: () => void;
}

/**
 * Lets jobs run side by side, or one alone. A job whose last runner died runs alone: if it takes the process down again,
 * no neighbour goes with it. Who wants to run alone waits for those inside, and those who come later wait for it.
 */
export class Gate {
  #inside = 0;
  #alone = false;
  #line: Waiting[] = [];

  /**
   * Lets `places` in together: passes at once (undefined) unless somebody runs, or waits to run, alone. Rejects with the
   * signal's reason. One by one they would deadlock: those inside would wait for the rest, who wait behind one who
   * waits to be alone.
   */
  enter(signal: AbortSignal, places = 1): Promise<void> | undefined {
    if (!this.#alone && this.#line.length === 0) {
      this.#inside += places;
      return undefined;
    }
    return this.#wait(places, signal);
  }

  leave(places = 1): void {
    this.#inside -= places;
    this.#advance();
  }

  /** Runs `work` with nobody else inside. Rejects with the signal's reason if that is aborted before `work` begins. */
  async alone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#wait(0, signal);
    try {
      return await work();
    } finally {
      this.#alone = false;
      this.#advance();
    }
  }

  #wait(places: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const abort = () => {
        this.#line = this.#line.filter(other => other !== waiting);
        reject(signal.reason as Error);
        this.#advance();
      };
      const waiting: Waiting = {
        places,
        grant: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#line.push(waiting);
      this.#advance();
    });
  }

  #advance(): void {
    for (let next = this.#line[0]; next && !this.#alone; next = this.#line[0]) {
      const alone = next.places === 0;
      if (alone && this.#inside > 0) return;
      this.#line.shift();
      if (alone) this.#alone = true;
      else this.#inside += next.places;
      next.grant();
    }
  }
}
