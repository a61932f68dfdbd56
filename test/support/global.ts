import type { Context } from 'mocha';
import { stopServices } from './services.ts';

export const mochaHooks = {
  /** What passes from a process of a parallel run to the one that reports is what can be enumerated. */
  afterEach(this: Context) {
    const error = this.currentTest?.err;
    if (error?.cause) Object.defineProperty(error, 'cause', { enumerable: true });
  },

  /**
   * Services start when a test first asks for one, and end behind the last test: of the run, or in a parallel run, where
   * every file has this hook to itself, of the file.
   */
  async afterAll(this: Context) {
    this.timeout(120_000);
    await stopServices();
  },
};

// Death by signal skips the exit hooks that end the servers of this process.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.once(signal, () => process.exit(128 + number));
