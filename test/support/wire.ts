import { connect, type ConfirmChannel, type GetMessage } from 'amqplib';
import { exchange } from '../../shared/broker/rabbitmq-topology.ts';
import { queueOf } from '../../shared/job.ts';
import { encodeNudge, type JobRef } from '../../shared/message.ts';
import { eventually } from './eventually.ts';

/** A hand on the broker itself, past our own code. */
export interface Wire {
  publish(kind: string, body: Buffer): Promise<void>;
  nudge(kind: string, jobs: readonly JobRef[]): Promise<void>;
  /** Waits for the next message of a kind's queue. */
  take(kind: string): Promise<GetMessage>;
  /** Throws messages away. */
  purge(kind: string): Promise<number>;
  channel: ConfirmChannel;
  close(): Promise<void>;
}

export async function openWire(url: string): Promise<Wire> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  const publish = async (kind: string, body: Buffer) => {
    channel.publish(exchange, kind, body, { persistent: true });
    await channel.waitForConfirms();
  };
  return {
    channel,
    publish,
    nudge: (kind, jobs) => publish(kind, encodeNudge({ kind, jobs, isolate: false })),
    take: kind =>
      eventually(async () => {
        const message = await channel.get(queueOf(kind), { noAck: false });
        if (!message) throw new Error(`no message in ${queueOf(kind)}`);
        return message;
      }),
    purge: async kind => (await channel.purgeQueue(queueOf(kind))).messageCount,
    close: () => connection.close(),
  };
}
