import { ConfigError, readConfig, type Config } from './config.ts';

/** A process's work, from its start to its orderly end. */
export interface Running {
  stop(): Promise<void>;
}

/**
 * The frame of every process: reads the configuration, starts, and at SIGTERM or SIGINT stops once, in order. A second
 * signal ends it at once. Mistakes in the configuration are told without a stack; anything uncaught ends the process, since
 * nobody knows what state it is in: the leases and the relay take over.
 */
export async function runMain(start: (config: Config) => Promise<Running>): Promise<void> {
  let running: Running | undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    if (!running) process.exit(0);
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('the shutdown failed', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      console.error(event, error);
      process.exit(1);
    });
  }
  try {
    running = await start(readConfig(process.env));
  } catch (error) {
    console.error(
      error instanceof ConfigError || !(error instanceof Error) ? ((error as Error).message ?? error) : error,
    );
    process.exit(1);
  }
}
