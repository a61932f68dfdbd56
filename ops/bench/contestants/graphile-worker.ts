import type { Contestant } from '../contestant.ts';
import { startPeer } from './peer.ts';

export const graphileWorker: Contestant = {
  name: 'graphile-worker',
  title: 'graphile-worker',
  start: async services => {
    const { url, db } = await services.emptyDatabase('graphile-worker');
    const peer = await startPeer('graphile-worker', [url]);
    return {
      ...peer,
      // A completed job is deleted: what is complete is what was added and is there no more.
      completed: async () => {
        const row = await db.one<{ added: string; left: string }>(
          `select (select case when is_called then last_value else 0 end from graphile_worker.jobs_id_seq1) as added,
                  (select count(*) from graphile_worker._private_jobs) as left`,
        );
        return Number(row.added) - Number(row.left);
      },
      finished: async ids => {
        const rows = await db.any<{ id: string }>({
          name: 'unfinished',
          text: 'select id::text from graphile_worker._private_jobs where id = any($1::bigint[])',
          values: [ids],
        });
        const open = new Set(rows.map(row => row.id));
        return ids.filter(id => !open.has(id));
      },
    };
  },
};
