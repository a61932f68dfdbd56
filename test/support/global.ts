import { stopServices } from './services.ts';

/** Services start when a test first asks for one, and end here. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopServices();
}

// Death by signal skips the exit hooks that end the servers of this run.
for (const [signal, number] of [
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.once(signal, () => process.exit(128 + number));
