import { Logger, run } from 'graphile-worker';
import { endWithParent } from './peer-edge.ts';

// The configuration of its documentation's own performance page: jobs are fetched 500 at a time into the process,
// completions leave in batches without a delay, new jobs are told by LISTEN (its default). It keeps no results: a
// completed job is deleted.
await run({
  preset: {
    worker: {
      connectionString: process.argv[2] ?? '',
      concurrentJobs: 24,
      maxPoolSize: 25,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  logger: new Logger(() => () => {}),
  taskList: { noop: () => Promise.resolve() },
});
process.send?.('ready');
endWithParent();
