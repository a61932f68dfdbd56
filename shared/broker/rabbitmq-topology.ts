import type { Channel, ChannelModel } from 'amqplib';
import { queueOf } from '../job.ts';

export const exchange = 'jobs';
export const deadExchange = 'jobs.dead';
export const deadQueue = 'jobs.dead';

const notFound = 404;

/**
 * Declares the exchange, a quorum queue per kind and the dead letters, and answers the kinds whose queue did not exist.
 * All queues at once: one after another they would keep a busy process from its broker for seconds.
 */
export async function declareTopology(
  model: ChannelModel,
  kinds: readonly string[],
  deliveryLimit: number,
): Promise<string[]> {
  const channel = await openChannel(model);
  await channel.assertExchange(exchange, 'direct', { durable: true });
  await channel.assertExchange(deadExchange, 'fanout', { durable: true });
  await channel.assertQueue(deadQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(deadQueue, deadExchange, '');
  await channel.close();
  const created = await Promise.all(kinds.map(kind => declareQueue(model, kind, deliveryLimit)));
  return kinds.filter((_, at) => created[at]);
}

/** Whether it had to be made. Declaring is idempotent and says nothing of what was there before: that is asked first. */
async function declareQueue(model: ChannelModel, kind: string, deliveryLimit: number): Promise<boolean> {
  const queue = queueOf(kind);
  const existed = await queueExists(model, queue);
  const channel = await openChannel(model);
  await channel.assertQueue(queue, {
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
  await channel.bindQueue(queue, exchange, kind);
  await channel.close();
  return !existed;
}

/** A passive declare of a missing queue closes its channel, so each asks on one of its own. */
async function queueExists(model: ChannelModel, queue: string): Promise<boolean> {
  const channel = await openChannel(model);
  try {
    await channel.checkQueue(queue);
    await channel.close();
    return true;
  } catch (error) {
    if ((error as { code?: number }).code === notFound) return false;
    throw error;
  }
}

async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  channel.on('error', () => {}); // whatever failed on it says so, too
  return channel;
}
