import { Redis } from 'ioredis';
import type { Contestant } from '../contestant.ts';
import { startPeer } from './peer.ts';

/** Answers a write after its fsync: the peer that promises what we promise. */
export const bullmqSynced = contestant('bullmq-synced', 'BullMQ, appendfsync always', 'synced');
/** Forgets everything when Redis dies. */
export const bullmqUnsynced = contestant('bullmq', 'BullMQ, Redis unsynced', 'unsynced');

function contestant(name: string, title: string, durability: 'synced' | 'unsynced'): Contestant {
  return {
    name,
    title,
    start: async services => {
      const { url } = await services.emptyRedis(durability);
      const redis = new Redis(url);
      const peer = await startPeer('bullmq', [url]);
      return {
        ...peer,
        // Completed jobs are removed beyond a count, so what is complete is what was added and waits no more.
        completed: async () => {
          const [added, waiting, active] = await Promise.all([
            redis.get('bull:noop:id'),
            redis.llen('bull:noop:wait'),
            redis.llen('bull:noop:active'),
          ]);
          return Number(added ?? 0) - waiting - active;
        },
        // A job that is gone was completed and removed.
        finished: async ids => {
          const pipeline = redis.pipeline();
          for (const id of ids) pipeline.hmget(`bull:noop:${id}`, 'timestamp', 'finishedOn');
          const replies = (await pipeline.exec()) ?? [];
          return ids.filter((_, i) => {
            const reply = replies[i]?.[1];
            if (!Array.isArray(reply)) return false;
            const [timestamp, finishedOn] = reply;
            return !timestamp || Boolean(finishedOn);
          });
        },
        stop: async () => {
          await peer.stop();
          redis.disconnect();
        },
      };
    },
  };
}
