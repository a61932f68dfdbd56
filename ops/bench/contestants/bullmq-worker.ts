import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { endWithParent, type Payload } from './peer-edge.ts';

// Null is what BullMQ asks of a worker's connection.
const connection = new Redis(process.argv[2] ?? '', { maxRetriesPerRequest: null });
// Single short runs with 20 and 300, and with ioredis's auto-pipelining, showed no gain over 100 without it.
const worker = new Worker<Payload, Payload>('noop', job => Promise.resolve(job.data), { connection, concurrency: 100 });

worker.on('error', error => console.error(error));
await worker.waitUntilReady();
process.send?.('ready');
endWithParent();
