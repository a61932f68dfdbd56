import type { Services } from './services.ts';

/** Where the load goes. The same body and a fresh `Idempotency-Key` are sent to every contestant, whether it reads them or not. */
export interface Target {
  /** The full URL that is posted to. */
  url: string;
  /** Headers beyond content type, length and `Idempotency-Key`. */
  headers: Record<string, string>;
}

/** A contestant that takes requests: one HTTP process and, unless it does no work, one worker process. */
export interface Running {
  target: Target;
  edgePid: number;
  workerPid?: number;
  /** Jobs whose completion is recorded in the contestant's own store, since it was started. */
  completed?: () => Promise<number>;
  /** Of these ids, as the edge's replies gave them, those whose completion another process can read by now. */
  finished?: (ids: string[]) => Promise<string[]>;
  stop: () => Promise<void>;
}

export interface Contestant {
  /** Its name in `--only` and in the JSON. */
  name: string;
  /** Its line in the table. */
  title: string;
  /** Starts it on an empty store of its own. */
  start: (services: Services) => Promise<Running>;
}
