import type { Contestant } from '../contestant.ts';
import { startPeer } from './peer.ts';

/** Polling each 0.5 s, its least: the fastest, at the price of the wait for the next poll. */
export const pgBoss = contestant('pg-boss', 'pg-boss, polling', 'poll');
/** Woken by a NOTIFY in each insert: prompt, at the price of the lock that a notifying commit takes. */
export const pgBossNotify = contestant('pg-boss-notify', 'pg-boss, NOTIFY', 'notify');

function contestant(name: string, title: string, wake: 'poll' | 'notify'): Contestant {
  return {
    name,
    title,
    start: async services => {
      const { url, db } = await services.emptyDatabase(name);
      const peer = await startPeer('pg-boss', [url, wake]);
      return {
        ...peer,
        completed: async () => {
          const row = await db.one<{ count: string }>(
            `select count(*) from pgboss.job where name = 'noop' and state = 'completed'`,
          );
          return Number(row.count);
        },
        finished: async ids => {
          const rows = await db.any<{ id: string }>({
            name: 'finished',
            text: `select id from pgboss.job where name = 'noop' and id = any($1::uuid[]) and state = 'completed'`,
            values: [ids],
          });
          return rows.map(row => row.id);
        },
      };
    },
  };
}
