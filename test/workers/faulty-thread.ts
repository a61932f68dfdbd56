// A thread that does as it is told, which is sometimes to fail.
import { parentPort, threadId } from 'node:worker_threads';

export type Order = 'answer' | 'refuse' | 'crash' | 'exit' | 'hang';

parentPort?.on('message', (order: Order) => {
  if (order === 'crash') throw new Error('crashed');
  if (order === 'exit') process.exit(3);
  while (order === 'hang');
  parentPort?.postMessage(order === 'refuse' ? { error: new RangeError('refused') } : { output: threadId }, []);
});
