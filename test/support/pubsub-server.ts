import { createRequire } from 'node:module';
import * as grpc from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import type { protos } from '@google-cloud/pubsub';
import { queueOf } from '../../shared/job.ts';
import { type Holder, PubsubBooks, Refusal, status } from './pubsub-books.ts';

type V1 = typeof protos.google.pubsub.v1;
type StreamingPullRequest = InstanceType<V1['StreamingPullRequest']>;
type StreamCall = grpc.ServerDuplexStream<StreamingPullRequest, protos.google.pubsub.v1.IStreamingPullResponse>;
type PullCall = { subscription: string; maxMessages: number; answer: (received: object[]) => void };
// oxlint-disable-next-line typescript/no-explicit-any -- each method's request is its own message
type AnyRequest = any;

interface Stream extends Holder {
  subscription: string;
  max: number;
  call: StreamCall;
}

/**
 * What becomes of a call: refused with a gRPC status code, never answered, answered with nothing done (an ack that is lost),
 * or done with the answer lost.
 */
export type CallFault = number | 'hang' | 'ignore' | 'lose answer';

const deadlinesEveryMs = 50;

const packageDefinition = fromJSON(
  createRequire(import.meta.url)('@google-cloud/pubsub/build/protos/protos.json') as Parameters<typeof fromJSON>[0],
  { longs: String, enums: String, defaults: true, oneofs: true },
);
const { Publisher, Subscriber } = (
  grpc.loadPackageDefinition(packageDefinition) as unknown as {
    google: { pubsub: { v1: Record<'Publisher' | 'Subscriber', grpc.ServiceClientConstructor> } };
  }
).google.pubsub.v1;

/** Google's Pub/Sub on loopback, in this process: real gRPC for the real client, with faults at the wish of a test. */
export class PubsubServer {
  books = new PubsubBooks();
  /** Asked before each call, by its method's name. */
  fault: (method: string, request: AnyRequest) => CallFault | undefined = () => undefined;
  readonly #streams = new Set<Stream>();
  #pulls: PullCall[] = [];
  #server: grpc.Server | null = null;
  #timer: NodeJS.Timeout | undefined;
  #port = 0;

  static async start(): Promise<PubsubServer> {
    const server = new PubsubServer();
    await server.start();
    return server;
  }

  /** For `PUBSUB_EMULATOR_HOST`. */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Begins to listen: again, on the same port and with what it knew, after a `stop`. */
  async start(): Promise<void> {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
    server.addService(Publisher.service, this.#publisherMethods());
    server.addService(Subscriber.service, this.#subscriberMethods());
    this.#port = await new Promise((resolve, reject) =>
      server.bindAsync(this.host, grpc.ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    this.#server = server;
    this.#timer = setInterval(() => {
      this.books.expire();
      this.#deliver();
    }, deadlinesEveryMs).unref();
  }

  /** Dies: connections break, nothing answers. What is held stays held until its deadline. */
  stop(): void {
    clearInterval(this.#timer);
    this.#server?.forceShutdown();
    this.#server = null;
    this.#streams.clear();
    this.#pulls = [];
  }

  /** Forgets everything. */
  wipe(): void {
    this.books = new PubsubBooks();
    this.dropStreams(status.notFound);
  }

  dropStreams(code: number = status.unavailable, subscription?: string): void {
    for (const stream of this.#streams)
      if (!subscription || stream.subscription === subscription) this.#endStream(stream, new Refusal(code, 'dropped'));
  }

  /** The last deadline of every held message passes. */
  expireLeases(): void {
    this.books.expire({ all: true });
    this.#deliver();
  }

  /** What the service itself would only tell its monitoring. */
  depth(projectId: string, kind: string): { ready: number; consumers: number } {
    const name = subscriptionName(projectId, kind);
    const consumers = [...this.#streams].filter(({ subscription }) => subscription === name).length;
    return { ready: this.books.depth(name).ready, consumers };
  }

  deleteTopic(projectId: string, kind: string): void {
    this.books.deleteTopic(`projects/${projectId}/topics/${queueOf(kind)}`);
  }

  deleteSubscription(projectId: string, kind: string): void {
    this.books.deleteSubscription(subscriptionName(projectId, kind));
    this.dropStreams(status.notFound, subscriptionName(projectId, kind));
  }

  #publisherMethods(): grpc.UntypedServiceImplementation {
    return {
      createTopic: this.#unary('CreateTopic', request => this.books.createTopic(request)),
      getTopic: this.#unary('GetTopic', request => this.books.topic(request.topic)),
      deleteTopic: this.#unary('DeleteTopic', request => this.books.deleteTopic(request.topic)),
      publish: this.#unary('Publish', ({ topic, messages }) => ({ messageIds: this.books.publish(topic, messages) })),
    };
  }

  #subscriberMethods(): grpc.UntypedServiceImplementation {
    return {
      createSubscription: this.#unary('CreateSubscription', request => this.books.createSubscription(request)),
      getSubscription: this.#unary('GetSubscription', request => this.books.subscription(request.subscription)),
      deleteSubscription: this.#unary('DeleteSubscription', ({ subscription }) => {
        this.books.deleteSubscription(subscription);
        this.dropStreams(status.notFound, subscription);
      }),
      acknowledge: this.#unary('Acknowledge', ({ subscription, ackIds }) =>
        this.books.acknowledge(subscription, ackIds),
      ),
      modifyAckDeadline: this.#unary('ModifyAckDeadline', ({ subscription, ackIds, ackDeadlineSeconds }) =>
        this.books.modifyDeadline(subscription, ackIds, ackDeadlineSeconds),
      ),
      pull: (call: grpc.ServerUnaryCall<AnyRequest, object>, callback: grpc.sendUnaryData<object>) =>
        this.#pull(call, callback),
      streamingPull: (call: StreamCall) => this.#openStream(call),
    };
  }

  #unary(method: string, answer: (request: AnyRequest) => object | void) {
    return ({ request }: { request: AnyRequest }, callback: grpc.sendUnaryData<object>): void => {
      const fault = this.fault(method, request);
      try {
        if (fault === 'hang') return;
        if (typeof fault === 'number') throw new Refusal(fault, `${method} is refused`);
        const answered = fault === 'ignore' ? {} : (answer(request) ?? {});
        if (fault !== 'lose answer') callback(null, answered);
        this.#deliver();
      } catch (error) {
        callback(error as Refusal);
      }
    };
  }

  /** Waits for a message, as the service does; how long is the caller's to say. */
  #pull(call: grpc.ServerUnaryCall<AnyRequest, object>, callback: grpc.sendUnaryData<object>): void {
    this.#unary('Pull', ({ subscription }) => this.books.subscription(subscription))(call, error => {
      if (error) return callback(error);
      const { subscription, maxMessages } = call.request as PullCall;
      const answer = (receivedMessages: object[]) => callback(null, { receivedMessages });
      const pull = { subscription, maxMessages, answer };
      this.#pulls.push(pull);
      call.on('cancelled', () => (this.#pulls = this.#pulls.filter(other => other !== pull)));
      this.#deliver();
    });
  }

  #openStream(call: StreamCall): void {
    let stream: Stream | undefined;
    call.on('data', (request: StreamingPullRequest) => {
      if (stream) return; // a keep-alive: acks and deadlines come by calls of their own
      const { subscription, streamAckDeadlineSeconds } = request;
      const max = Number(request.maxOutstandingMessages) || 1_000;
      try {
        const fault = this.fault('StreamingPull', request);
        if (typeof fault === 'number') throw new Refusal(fault, 'StreamingPull is refused');
        if (streamAckDeadlineSeconds < 10 || streamAckDeadlineSeconds > 600)
          throw new Refusal(status.invalidArgument, 'stream_ack_deadline_seconds');
        this.books.subscription(subscription);
        stream = { subscription, max, call, held: 0 };
        if (fault !== 'hang') this.#streams.add(stream);
        this.#deliver();
      } catch (error) {
        call.emit('error', error);
      }
    });
    const end = () => void (stream && this.#streams.delete(stream));
    call.on('end', () => {
      end();
      call.end();
    });
    call.on('cancelled', end).on('error', end);
  }

  #endStream(stream: Stream, cause: Refusal): void {
    this.#streams.delete(stream);
    stream.call.emit('error', cause); // ends the call with this status
  }

  /** Hands out what waits to whoever has room: the ones who were served last come last. */
  #deliver(): void {
    const streams = [...this.#streams];
    for (const stream of streams) {
      const receivedMessages = this.books.take(stream.subscription, stream.max - stream.held, stream);
      if (receivedMessages.length === 0) continue;
      this.#streams.delete(stream);
      this.#streams.add(stream);
      stream.call.write({ receivedMessages });
    }
    this.#pulls = this.#pulls.filter(({ subscription, maxMessages, answer }) => {
      const received = this.books.take(subscription, maxMessages, { held: 0 });
      if (received.length > 0) answer(received);
      return received.length === 0;
    });
  }
}

function subscriptionName(projectId: string, kind: string): string {
  return `projects/${projectId}/subscriptions/${queueOf(kind)}`;
}
