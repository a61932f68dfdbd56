import type { Channel, ChannelModel } from 'amqplib';
import { queueOf } from '../job.ts';

export const exchange = 'jobs';
export const deadExchange = 'jobs.dead';
export const deadQueue = 'jobs.dead';

const notFound = 404;

/**
 * Declares the exchange, a quorum queue per kind and the dead letters, and answers the kinds whose queue did not exist.
 * Declaring is idempotent and says nothing of what was there before, so each queue is asked for passively first.
 */
export async function declareTopology(
  model: ChannelModel,
  kinds: readonly string[],
  deliveryLimit: number,
): Promise<string[]> {
  const channel = await model.createChannel();
  channel.on('error', () => {}); // what failed says so, too
  await channel.assertExchange(exchange, 'direct', { durable: true });
  await channel.assertExchange(deadExchange, 'fanout', { durable: true });
  await channel.assertQueue(deadQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(deadQueue, deadExchange, '');
  const created: string[] = [];
  for (const kind of kinds) {
    if (!(await queueExists(model, queueOf(kind)))) created.push(kind);
    await channel.assertQueue(queueOf(kind), {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-dead-letter-exchange': deadExchange,
        // At least once needs reject-publish: the source keeps a dead message until the dead queue has confirmed it.
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
        'x-delivery-limit': deliveryLimit,
      },
    });
    await channel.bindQueue(queueOf(kind), exchange, kind);
  }
  await channel.close();
  return created;
}

/** A passive declare of a missing queue closes its channel, so each asks on one of its own. */
async function queueExists(model: ChannelModel, queue: string): Promise<boolean> {
  const channel: Channel = await model.createChannel();
  channel.on('error', () => {});
  try {
    await channel.checkQueue(queue);
    await channel.close();
    return true;
  } catch (error) {
    if ((error as { code?: number }).code === notFound) return false;
    throw error;
  }
}
