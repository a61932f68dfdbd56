import assert from 'node:assert/strict';
import { PubsubBroker, type PubsubOptions } from '../../shared/broker/pubsub.ts';
import { eventually } from '../support/eventually.ts';
import { PubsubServer } from '../support/pubsub-server.ts';
import { kinds, messagesOf } from './conformance.ts';

export const projectId = 'faults';

/** A broker of its own server for each test of a `describe`, to break what is between them. */
export class PubsubScene {
  server = new PubsubServer();
  broker = this.brokerOf();
  /** What the broker has told so far. */
  created: string[] = [];
  states: string[] = [];

  /** To be called in the body of a `describe`. */
  static forEachTest(): PubsubScene {
    const scene = new PubsubScene();
    beforeEach(async () => {
      scene.server = await PubsubServer.start();
      scene.created = [];
      scene.states = [];
      scene.broker = scene.brokerOf();
    });
    afterEach(async () => {
      await scene.broker.close();
      scene.server.stop();
    });
    return scene;
  }

  /** Not opened yet; it tells the scene what happens. */
  brokerOf(options: Partial<PubsubOptions> = {}): PubsubBroker {
    return new PubsubBroker({
      projectId,
      kinds,
      emulatorHost: this.server.host,
      onQueueCreated: kind => this.created.push(kind),
      onStateChange: state => this.states.push(state),
      ...options,
    });
  }

  /** Connects, to what another process has made. */
  async open(options?: Partial<PubsubOptions>): Promise<void> {
    const maker = await this.brokerOf({ onQueueCreated: () => {}, onStateChange: () => {} }).open();
    await isUp(maker);
    await maker.close();
    if (options) this.broker = this.brokerOf(options);
    await this.broker.open();
    await isUp(this.broker);
  }

  /** A message goes through again. */
  mended(): Promise<void> {
    return eventually(async () => assert.deepEqual(await this.broker.publish(messagesOf('pear', 'x')), [true]), {
      timeoutMs: 20_000,
    });
  }

  /** Messages of a kind that wait, and those that somebody holds. */
  depth(kind: string): { ready: number; held: number } {
    return this.server.books.depth(subscriptionName(kind));
  }

  /** Takes all dead letters and answers what they say. */
  async drain(): Promise<string[]> {
    const letters: string[] = [];
    await this.broker.drainDead(100, async ({ kind, body, reason }) => {
      letters.push(`${kind} ${body.toString()} ${reason}`);
    });
    return letters;
  }
}

export function isUp(broker: PubsubBroker): Promise<void> {
  return eventually(() => assert.equal(broker.state, 'up'), { timeoutMs: 20_000 });
}

export function topicName(kind: string): string {
  return `projects/${projectId}/topics/jobs.${kind}`;
}

export function subscriptionName(kind: string): string {
  return `projects/${projectId}/subscriptions/jobs.${kind}`;
}
