import type { CallOptions, protos, v1 } from '@google-cloud/pubsub';
import { queueOf } from '../job.ts';
import type { DeadLetter } from './broker.ts';
import { status, statusOf } from './pubsub-clients.ts';

type ReceivedMessage = protos.google.pubsub.v1.IReceivedMessage;

/** A pull waits for a first message; an empty subscription keeps its caller for as long as this. */
const pullTimeoutMs = 1_000;
/** Few, so that the last is taken well before its lease ends. */
const pullBatch = 10;

/** Takes up to `limit` letters from a subscription, one after another; each is given up once `take` has resolved. */
export async function drainDeadLetters(
  subscriber: v1.SubscriberClient,
  subscription: string,
  callOptions: CallOptions,
  limit: number,
  take: (letter: DeadLetter) => Promise<void>,
): Promise<number> {
  for (let taken = 0; taken < limit; ) {
    const maxMessages = Math.min(pullBatch, limit - taken);
    const received = await pull(subscriber, { subscription, maxMessages }, { ...callOptions, timeout: pullTimeoutMs });
    if (received.length === 0) return taken;
    for (const [index, letter] of received.entries()) {
      try {
        await take(letterOf(letter));
        await subscriber.acknowledge({ subscription, ackIds: ackIdsOf([letter]) }, callOptions);
      } catch (error) {
        // Merely held they would come back only when their lease ends.
        const back = { subscription, ackIds: ackIdsOf(received.slice(index)), ackDeadlineSeconds: 0 };
        await subscriber.modifyAckDeadline(back, callOptions).catch(() => {});
        throw error;
      }
      taken += 1;
    }
  }
  return limit;
}

async function pull(
  subscriber: v1.SubscriberClient,
  request: { subscription: string; maxMessages: number },
  callOptions: CallOptions,
): Promise<ReceivedMessage[]> {
  try {
    const [{ receivedMessages }] = await subscriber.pull(request, callOptions);
    return receivedMessages ?? [];
  } catch (error) {
    if (statusOf(error) === status.deadlineExceeded) return [];
    throw error;
  }
}

/** What was rejected says why. What the service gave up by itself says where it comes from. */
function letterOf({ message }: ReceivedMessage): DeadLetter {
  const { kind, reason, CloudPubSubDeadLetterSourceSubscription: source } = message?.attributes ?? {};
  return {
    kind: kind ?? source?.replace(queueOf(''), '') ?? 'unknown',
    body: Buffer.from(message?.data ?? ''),
    reason: reason ?? (source === undefined ? 'unknown' : 'delivery_limit'),
  };
}

function ackIdsOf(received: readonly ReceivedMessage[]): string[] {
  return received.map(({ ackId }) => ackId as string);
}
