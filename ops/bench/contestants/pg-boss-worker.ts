import { PgBoss } from 'pg-boss';
import { endWithParent, type Payload } from './peer-edge.ts';

const [, , connectionString = '', wake] = process.argv;
const notify = wake === 'notify';
const boss = new PgBoss({ connectionString, useListenNotify: notify });
boss.on('error', error => console.error(error));
await boss.start();
await boss.createQueue('noop', { notify });
await boss.work(
  'noop',
  {
    // A fetch and a completion cost a statement each, however many jobs they carry; a full batch is followed by the
    // next at once. A single short run with one loop of 500 was no faster.
    batchSize: 200,
    localConcurrency: 2,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 0.5,
    // Keeps each job's own result, and still completes a batch in one statement.
    perJobResults: true,
  },
  (jobs: { id: string; data: Payload }[]) =>
    Promise.resolve(jobs.map(job => ({ id: job.id, status: 'completed' as const, output: job.data }))),
);
process.send?.('ready');
endWithParent();
