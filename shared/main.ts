import { ConfigError, readConfig, type Config } from './config.ts';

/** A process's work, from its start to its orderly end. */
export interface Running {
  stop(): Promise<void>;
}

/** How long the connections may take to close once the work has ended, or `SHUTDOWN_GRACE_MS` has passed. */
const closingMs = 10_000;

/**
 * The frame of every process: reads the configuration, starts, and at SIGTERM or SIGINT stops once, in order, and in
 * bounded time even if a service says nothing. A second signal ends it at once. Mistakes in the configuration are told
 * without a stack; anything uncaught ends the process, since nobody knows what state it is in: the leases and the relay
 * take over.
 */
export async function runMain(start: (config: Config) => Promise<Running>): Promise<void> {
  let running: Running | undefined;
  let stopping = false;
  let graceMs = 0;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    if (!running) process.exit(0);
    const withinMs = graceMs + closingMs;
    setTimeout(() => {
      console.error(`the shutdown was not done within ${withinMs} ms`);
      process.exit(1);
    }, withinMs);
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
    const config = readConfig(process.env);
    graceMs = config.shutdownGraceMs;
    running = await start(config);
  } catch (error) {
    console.error(
      error instanceof ConfigError || !(error instanceof Error) ? ((error as Error).message ?? error) : error,
    );
    process.exit(1);
  }
}
