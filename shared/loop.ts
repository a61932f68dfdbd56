import type { Log } from './log.ts';

export interface Loop {
  /** Resolves when the present run is over; none follows. */
  stop(): Promise<void>;
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

  const beat = (): void => {
    timer = undefined;
    current = (async () => {
      let more: boolean | void = false;
      try {
        more = await options.run();
        failures = 0;
      } catch (error) {
        failures += 1;
        // A database that is away would fill the log: the first failure is told, then every hundredth.
        if (failures % 100 === 1)
          options.log.error({ err: error, loop: options.name, failures }, 'a background loop failed');
      }
      if (!stopped) timer = setTimeout(beat, more ? 0 : options.everyMs);
    })();
  };
  timer = setTimeout(beat, 0);

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
