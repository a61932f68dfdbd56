import type { CallOptions, protos } from '@google-cloud/pubsub';
import { queueOf } from '../job.ts';
import { type PubsubClients, status, statusOf } from './pubsub-clients.ts';

/** Of both the topic and the subscription. */
export const deadLetters = 'jobs.dead';

/** What a subscription says of its topic when that was deleted; it gets nothing any more, whatever is made anew. */
const deletedTopic = '_deleted-topic_';

/** The range that Pub/Sub takes. */
const minDeliveryAttempts = 5;
const maxDeliveryAttempts = 100;

/** The least there is: messages of a worker that died come back after it. The client extends it while it holds them. */
const ackDeadlineSeconds = 10;
/** Taking dead letters is work on the database, one after another. */
const deadAckDeadlineSeconds = 30;

export interface Topology {
  projectId: string;
  deliveryLimit: number;
  callOptions: CallOptions;
}

type Settings = Pick<protos.google.pubsub.v1.ISubscription, 'ackDeadlineSeconds' | 'deadLetterPolicy'>;

interface Queue {
  /** Of its topic and of its subscription. */
  name: string;
  settings: Settings;
  onCreated: () => void;
  onDenied: (what: string) => void;
}

export function topicPath(projectId: string, name: string): string {
  return `projects/${projectId}/topics/${name}`;
}

export function subscriptionPath(projectId: string, name: string): string {
  return `projects/${projectId}/subscriptions/${name}`;
}

/**
 * Looks for the dead letters and for a topic and a subscription per kind, and makes what is missing; `onCreated` is called
 * with each kind whose subscription was made, or may have been. What is there keeps its settings. Rejects naming everything
 * that is missing and may not be made with the credentials at hand.
 */
export async function declareTopology(
  clients: PubsubClients,
  topology: Topology,
  kinds: readonly string[],
  onCreated: (kind: string) => void,
): Promise<void> {
  const { projectId, deliveryLimit } = topology;
  const missing: string[] = [];
  const declare = (name: string, settings: Settings, told: () => void) =>
    declareQueue(clients, topology, { name, settings, onCreated: told, onDenied: what => missing.push(what) });
  const deadLetterPolicy = {
    deadLetterTopic: topicPath(projectId, deadLetters),
    maxDeliveryAttempts: Math.min(maxDeliveryAttempts, Math.max(minDeliveryAttempts, deliveryLimit)),
  };
  // First: the others name its topic.
  await declare(deadLetters, { ackDeadlineSeconds: deadAckDeadlineSeconds }, () => {});
  await Promise.all(
    kinds.map(kind => declare(queueOf(kind), { ackDeadlineSeconds, deadLetterPolicy }, () => onCreated(kind))),
  );
  if (missing.length > 0)
    throw new Error(`these are missing and these credentials may not make them: ${missing.sort().join(', ')}`);
}

async function declareQueue(
  { publisher, subscriber }: PubsubClients,
  { projectId, callOptions }: Topology,
  { name, settings, onCreated, onDenied }: Queue,
): Promise<void> {
  const topic = topicPath(projectId, name);
  const subscription = subscriptionPath(projectId, name);
  const found = await unlessMissing(subscriber.getSubscription({ subscription }, callOptions));
  if (found?.topic === topic) return;
  if (found?.topic === deletedTopic) await unlessMissing(subscriber.deleteSubscription({ subscription }, callOptions));
  else if (found) throw new Error(`${subscription} belongs to ${found.topic}, not to ${topic}`);
  if (!(await unlessMissing(publisher.getTopic({ topic }, callOptions)))) {
    const denied = await make(publisher.createTopic({ name: topic }, callOptions), () => {});
    if (denied) onDenied(topic);
  }
  // Without `expirationPolicy` a subscription that nobody has used for a month is deleted.
  const wanted = { ...settings, name: subscription, topic, expirationPolicy: {} };
  if (await make(subscriber.createSubscription(wanted, callOptions), onCreated)) onDenied(subscription);
}

/** True if the credentials do not suffice. An answer that never came may mean that it was made. */
async function make(made: Promise<unknown>, onMade: () => void): Promise<boolean> {
  try {
    await made;
  } catch (error) {
    if (statusOf(error) === status.permissionDenied) return true;
    if (statusOf(error) === status.alreadyExists) return false; // another process was faster
    onMade();
    throw error;
  }
  onMade();
  return false;
}

async function unlessMissing<T>(asked: Promise<[T, ...unknown[]]>): Promise<T | null> {
  try {
    return (await asked)[0];
  } catch (error) {
    if (statusOf(error) === status.notFound) return null;
    throw error;
  }
}
