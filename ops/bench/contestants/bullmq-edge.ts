import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { servePeerEdge } from './peer-edge.ts';

const connection = new Redis(process.argv[2] ?? '');
// Retries are on, as they are for ours. Completed jobs are kept to a count: without one Redis grows without end.
const queue = new Queue('noop', {
  connection,
  defaultJobOptions: {
    attempts: 3,
    backoff: { type: 'exponential', delay: 1000 },
    removeOnComplete: { count: 10_000 },
  },
});

servePeerEdge(async payload => {
  const { id } = await queue.add('noop', payload);
  return String(id);
});
