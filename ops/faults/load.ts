import { setTimeout as delay } from 'node:timers/promises';
import { GaveUp } from './client.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Work, WorkDeps } from './work.ts';

/** Pieces of work that begin at a steady rate, in the mix that their shares state. */
export interface Load {
  /** How many have begun, by name. */
  begun: ReadonlyMap<string, number>;
  underWay(): number;
  /** Begins no more. Resolves once all that was begun has come to its end, or `abort` has ended it. */
  stop(): Promise<void>;
}

/** With so many unfinished, a client waits before it begins another: a system that stands still is not buried. */
const maxUnderWay = 600;

export function startLoad(
  deps: Omit<WorkDeps, 'n' | 'random'>,
  works: readonly Work[],
  { ratePerSecond, random }: { ratePerSecond: number; random: SeededRandom },
): Load {
  const begun = new Map<string, number>();
  const lastMs = new Map<Work, number>();
  const underWay = new Set<Promise<void>>();
  const total = works.reduce((sum, { share }) => sum + share, 0);
  let n = 0;
  const stop = new AbortController();

  const choose = (): Work => {
    let at = random.next() * total;
    const [usual] = works as [Work];
    const chosen = works.find(work => (at -= work.share) < 0) ?? usual;
    const { everyMs = 0 } = chosen;
    const nowMs = performance.now();
    if (nowMs - (lastMs.get(chosen) ?? -everyMs) < everyMs) return usual;
    lastMs.set(chosen, nowMs);
    return chosen;
  };
  const begin = () => {
    const work = choose();
    begun.set(work.name, (begun.get(work.name) ?? 0) + 1);
    n += 1;
    const piece = work
      .run({ ...deps, n, random: random.fork() })
      .catch((error: unknown) => {
        if (!(error instanceof GaveUp) && !isAbort(error))
          deps.ledger.surprise(`${work.name} broke off: ${String(error)}`);
      })
      .then(() => void underWay.delete(piece));
    underWay.add(piece);
  };
  const startedMs = performance.now();
  const pacing = (async () => {
    for (let dueMs = startedMs; !stop.signal.aborted; dueMs += 1_000 / ratePerSecond) {
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await delay(waitMs);
      while (underWay.size >= maxUnderWay && !stop.signal.aborted) await delay(10);
      // What could not begin in time is not made up for.
      dueMs = Math.max(dueMs, performance.now() - 1_000);
      if (!stop.signal.aborted) begin();
    }
  })();
  return {
    begun,
    underWay: () => underWay.size,
    async stop() {
      stop.abort();
      await pacing;
      await Promise.all(underWay);
    },
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name);
}
