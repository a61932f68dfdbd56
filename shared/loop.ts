import type { Log } from './log.ts';

export interface Loop {
  name: string;
  everyMs: number;
  /** Null until the first run has ended. */
  last(): LoopRun | null;
  /** Resolves when the present run is over; none follows. */
  stop(): Promise<void>;
}

/** How a run of a loop went. */
export interface LoopRun {
  startedAt: Date;
  ms: number;
  /** What it failed with. */
  error: string | null;
}

/**
 * Runs `run` again and again, never twice at once: `everyMs` after the end of the last, or at once if it answered true
 * ("there is more"). A failure is logged and waits for the next beat.
 */
export function startLoop(options: {
  name: string;
  everyMs: number;
  run: () => Promise<boolean | void>;
  log: Log;
}): Loop {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let failures = 0;
  let last: LoopRun | null = null;

  const beat = (): void => {
    timer = undefined;
    current = (async () => {
      let more: boolean | void = false;
      const startedAt = new Date();
      const startedMs = performance.now();
      let message: string | null = null;
      try {
        more = await options.run();
        failures = 0;
      } catch (error) {
        failures += 1;
        message = error instanceof Error ? error.message : String(error);
        // A database that is away would fill the log: the first failure is told, then every hundredth.
        if (failures % 100 === 1)
          options.log.error({ err: error, loop: options.name, failures }, 'a background loop failed');
      }
      last = { startedAt, ms: performance.now() - startedMs, error: message };
      if (!stopped) timer = setTimeout(beat, more ? 0 : options.everyMs);
    })();
  };
  timer = setTimeout(beat, 0);

  return {
    name: options.name,
    everyMs: options.everyMs,
    last: () => last,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
