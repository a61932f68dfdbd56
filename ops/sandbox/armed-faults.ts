import { setTimeout as delay } from 'node:timers/promises';

/** What every sandbox's faults have in common. */
export interface ArmedFault {
  fault: string;
  /** How often it strikes; 1 unless told. */
  times?: number;
  /** Of `slow` and `late`; 1,000 unless told. */
  delayMs?: number;
}

/** The faults that are armed, oldest first. They live in memory only: a restarted sandbox is a healthy one. */
export class ArmedFaults<Fault extends ArmedFault> {
  #armed: (Fault & { times: number })[] = [];
  #cleared = new AbortController();

  arm(fault: Fault): void {
    this.#armed.push({ ...fault, times: fault.times ?? 1 });
  }

  list(): Fault[] {
    return this.#armed.map(fault => ({ ...fault }));
  }

  /** Disarms all, and lets go on at once whatever `slow` holds up. */
  clear(): void {
    this.#armed = [];
    this.#cleared.abort();
    this.#cleared = new AbortController();
  }

  /** Takes one strike of the oldest fault that fits, or returns null. */
  strike(fits: (fault: Fault) => boolean): Fault | null {
    const fault = this.#armed.find(fits);
    if (fault === undefined) return null;
    fault.times -= 1;
    this.#armed = this.#armed.filter(armed => armed.times > 0);
    return fault;
  }

  /** Waits out a `slow` fault; `clear` ends the wait. */
  async hold(fault: Fault): Promise<void> {
    await delay(fault.delayMs ?? 1000, undefined, { signal: this.#cleared.signal }).catch(() => undefined);
  }
}
