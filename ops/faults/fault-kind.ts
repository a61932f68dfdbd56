import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.ts';
import type { FaultySystem } from './system.ts';

export interface FaultDeps {
  system: FaultySystem;
  random: SeededRandom;
  /** Rejects when the run is broken off. */
  wait: (ms: number) => Promise<void>;
}

/** One way in which things go wrong. */
export interface FaultKind {
  /** As `--only` names it. */
  name: string;
  /** Begins it, lets it last, and ends it: what it resolves to is everything as it was. */
  run(deps: FaultDeps): Promise<void>;
}

/** A pause that ends early, by a rejection, when the run does. */
export function waiting(signal: AbortSignal): FaultDeps['wait'] {
  return async ms => {
    await delay(ms, undefined, { signal });
  };
}
