import assert from 'node:assert/strict';
import type { Delivery, QueueDepth } from '../../shared/broker/broker.ts';
import { encodeNudge, type JobRef } from '../../shared/message.ts';
import { eventually } from './eventually.ts';
import type { System } from './system.ts';

/** A message in a test's hands. */
export interface Taken {
  body: Buffer;
  ack(): Promise<void>;
  reject(): Promise<void>;
}

/** Puts a message into a kind's queue that no row of ours has caused. */
export async function send({ spine }: System, kind: string, body: Buffer): Promise<void> {
  assert.deepEqual(await spine.broker.publish([{ kind, body }]), [true]);
}

export function nudge(system: System, kind: string, jobs: readonly JobRef[]): Promise<void> {
  return send(system, kind, encodeNudge({ kind, jobs, isolate: false }));
}

/** Waits for the next message of a kind's queue and keeps it from everybody else. */
export async function take({ spine }: System, kind: string): Promise<Taken> {
  const deliveries: Delivery[] = [];
  const consumer = await spine.broker.consume(kind, { prefetch: 1 }, delivery => void deliveries.push(delivery));
  const delivery = await eventually(() => deliveries[0] ?? assert.fail(`no message in the queue of ${kind}`));
  // What the free place brings meanwhile goes back.
  const settled = (settle: () => void) => async () => {
    settle();
    await consumer.stop();
  };
  return { body: delivery.body, ack: settled(() => delivery.ack()), reject: settled(() => delivery.reject()) };
}

/** What waits in a kind's queue and who takes from it, also where the port can't tell. */
export async function depthOf({ broker, spine }: System, kind: string): Promise<QueueDepth> {
  return broker.depth?.(kind) ?? (await spine.broker.depth([kind])).get(kind) ?? assert.fail(`no depth of ${kind}`);
}
