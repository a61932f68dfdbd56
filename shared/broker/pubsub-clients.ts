import { PubSub, v1 } from '@google-cloud/pubsub';

export interface PubsubClients {
  /** For streams: it keeps leases and mends what breaks. */
  pubsub: PubSub;
  /** For single calls, with options of our own for each. */
  publisher: v1.PublisherClient;
  subscriber: v1.SubscriberClient;
}

/** gRPC's status codes that we tell apart. */
export const status = {
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  unavailable: 14,
} as const;

const channelOptions = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // Nothing else notices a peer that is gone without a word.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

/** Google's clients of one project; no connection is made before the first call. */
export async function createPubsubClients(projectId: string, emulatorHost: string | undefined): Promise<PubsubClients> {
  // Google's library would look for a metadata server, beside an emulator too.
  if (emulatorHost !== undefined) process.env['METADATA_SERVER_DETECTION'] ??= 'none';
  const emulator = emulatorHost === undefined ? {} : { apiEndpoint: emulatorHost, emulatorMode: true };
  const pubsub = new PubSub({ projectId, ...emulator, ...channelOptions });
  const config = (await pubsub.getClientConfig()) as ConstructorParameters<typeof v1.PublisherClient>[0];
  return { pubsub, publisher: new v1.PublisherClient(config), subscriber: new v1.SubscriberClient(config) };
}

export async function closePubsubClients({ pubsub, publisher, subscriber }: PubsubClients): Promise<void> {
  await Promise.all([publisher.close(), subscriber.close(), pubsub.close()]);
}

/** The gRPC status of a failed call. */
export function statusOf(error: unknown): number | undefined {
  return (error as { code?: number }).code;
}
