import { setTimeout as sleep } from 'node:timers/promises';
import type { Sample } from './load.ts';

/** At most so many ids are asked about at once, the oldest first: a contestant that has fallen behind isn't also slowed by the watch. */
const maxIdsPerLook = 100;
const lookEveryMs = 1;

/**
 * Follows sampled jobs until their result can be read. Accept-to-result is measured alike for every contestant: from the
 * moment the request was due to the moment a *reader in another process* finds the completion in the contestant's own
 * store. No library's clock, event or notion of "completed" takes part; the cost is a resolution of about 2 ms and a few
 * hundred small reads a second, the same for all.
 */
export class ResultWatch {
  private readonly pending = new Map<string, number>();
  private readonly latenciesMs: number[] = [];
  private readonly looking: Promise<void>;
  private ended = false;
  private deadlineMs = Infinity;

  constructor(finished: (ids: string[]) => Promise<string[]>) {
    this.looking = this.look(finished);
  }

  add = (sample: Sample): void => {
    this.pending.set(sample.id, sample.sentAtMs);
  };

  /** Waits for the samples still open; those without a result by the deadline are counted as endless. */
  async end(deadlineMs: number): Promise<number[]> {
    this.ended = true;
    this.deadlineMs = Date.now() + deadlineMs;
    await this.looking;
    return [...this.latenciesMs, ...[...this.pending].map(() => Infinity)].toSorted((a, b) => a - b);
  }

  private async look(finished: (ids: string[]) => Promise<string[]>): Promise<void> {
    while (!this.ended || (this.pending.size > 0 && Date.now() < this.deadlineMs)) {
      await sleep(lookEveryMs);
      const ids = [...this.pending.keys()].slice(0, maxIdsPerLook);
      if (ids.length === 0) continue;
      const seen = await finished(ids);
      const nowMs = performance.timeOrigin + performance.now();
      for (const id of seen) {
        this.latenciesMs.push(nowMs - (this.pending.get(id) ?? nowMs));
        this.pending.delete(id);
      }
    }
  }
}
