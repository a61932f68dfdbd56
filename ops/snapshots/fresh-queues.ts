import type { Connection } from '../../db/connect.ts';
import { listSnapshots } from '../../db/core/snapshots.ts';
import type { QueuesSnapshot } from './queues.ts';

/** The ticker's leader looks every two seconds, and less often where a look takes long. */
const freshS = 30;

/** What the leader saw last, and how long ago; null when nobody has led lately, so that its figures say nothing any more. */
export async function freshQueues(db: Connection): Promise<{ ageS: number; body: QueuesSnapshot } | null> {
  const row = (await listSnapshots(db)).find(({ name }) => name === 'queues');
  return row && row.ageS <= freshS ? { ageS: row.ageS, body: row.body as QueuesSnapshot } : null;
}
