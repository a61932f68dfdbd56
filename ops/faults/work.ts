import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';
import type { Client } from './client.ts';
import type { Ledger } from './ledger.ts';
import type { People } from './people.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** What every piece of work has at hand. */
export interface WorkDeps {
  client: Client;
  ledger: Ledger;
  people: People;
  db: Database;
  random: SeededRandom;
  /** When in the run's life it began: no two pieces share a number. */
  n: number;
  /** Aborted when no new steps are to be taken; what was begun is still brought to its end. */
  ending: AbortSignal;
}

/** One kind of work in the mix. */
export interface Work {
  name: string;
  /** Of all pieces, in per mille. */
  share: number;
  /** Never more often than this. */
  everyMs?: number;
  /** Brings a piece to where a client may forget it. Rejects only at the run's end, or when something unexpected was noted. */
  run(deps: WorkDeps): Promise<unknown>;
}

const pollEveryMs = 500;

/** Reads until `good` holds, as a client that polls does; null if the run ends before. */
export async function poll<T>(
  { ending }: Pick<WorkDeps, 'ending'>,
  read: () => Promise<T>,
  good: (value: T) => boolean,
): Promise<T | null> {
  for (;;) {
    const value = await read();
    if (good(value)) return value;
    if (ending.aborted) return null;
    await delay(pollEveryMs, undefined, { signal: ending }).catch(() => {});
  }
}
