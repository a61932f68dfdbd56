import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ChannelModel } from 'amqplib';
import { nameOfNode } from './rabbitmq-nodes.ts';

export interface RabbitmqConnectionOptions {
  /** Addresses of a cluster's nodes, or of the only one. */
  nodes: readonly string[];
  /** Shown in the broker's connection list. */
  name: string;
  heartbeatS: number;
  /** Makes all that lives on a connection. If it rejects or takes too long, the connection counts as lost. */
  setUp: (model: ChannelModel, node: string) => Promise<void>;
  /** The connection is gone, or could not be made. */
  onLoss: (why: string) => void;
  onBlocked: (reason: string) => void;
  onUnblocked: () => void;
  random?: () => number;
}

const connectTimeoutMs = 10_000;
/** Longer than the first declaration of all queues takes on a slow cluster; a node that hangs must not be waited for. */
const setUpTimeoutMs = 60_000;
const closeTimeoutMs = 3_000;
const firstReconnectMs = 200;
const maxReconnectMs = 5_000;

/**
 * A connection to one node of a cluster, brought back at another when it is lost. amqplib's own recovery knows one address.
 * Each process goes through the nodes in an order of its own, so that processes spread, and those of a node that died, too.
 */
export class RabbitmqConnection {
  readonly #options: RabbitmqConnectionOptions;
  readonly #nodes: readonly string[];
  readonly #random: () => number;
  readonly #closing = new AbortController();
  #model: ChannelModel | null = null;

  constructor(options: RabbitmqConnectionOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#nodes = shuffled(options.nodes, this.#random);
  }

  /** Connects in the background, and again after each loss, until it is closed. */
  open(): void {
    void this.#run();
  }

  /** Ends `model` as a broken network would; harmless when it has ended already. */
  break(model: ChannelModel, cause: unknown): void {
    // amqplib's own close would wait for an answer. It hears of a socket that is destroyed with an error, and of no other.
    (model.connection as { stream?: { destroy(error: Error): void } }).stream?.destroy(new Error(String(cause)));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await inTime(this.#model?.close().catch(() => {}));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    for (let turn = 0; !signal.aborted; turn += 1) {
      const node = this.#nodes[turn % this.#nodes.length] as string;
      try {
        const lost = await this.#connect(node);
        failures = 0;
        this.#options.onLoss(`${nameOfNode(node)}: ${await lost.cause}`);
      } catch (cause) {
        this.#options.onLoss(`${nameOfNode(node)}: ${String(cause)}`);
      }
      // Grows once all nodes have been tried. Half of it is chance: a node's clients must not come to the next as one.
      const waitMs = Math.min(maxReconnectMs, firstReconnectMs * 2 ** Math.floor(failures / this.#nodes.length));
      failures += 1;
      await delay(waitMs * (0.5 + this.#random()), undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves when everything on the connection is made; the answer's `cause` resolves when it is lost. */
  async #connect(node: string): Promise<{ cause: Promise<string> }> {
    const { name, heartbeatS, setUp, onBlocked, onUnblocked } = this.#options;
    const model = await connect(withHeartbeat(node, heartbeatS), {
      timeout: connectTimeoutMs,
      noDelay: true,
      clientProperties: { connection_name: name },
    });
    const cause = new Promise<string>(resolve => model.once('close', error => resolve(String(error ?? 'closed'))));
    model.on('error', () => {}); // the 'close' that follows says the same
    model.on('blocked', onBlocked);
    model.on('unblocked', onUnblocked);
    this.#model = model;
    // Closed while it was being made.
    if (this.#closing.signal.aborted) void model.close().catch(() => {});
    const limit = setTimeout(() => this.break(model, `not set up within ${setUpTimeoutMs} ms`), setUpTimeoutMs);
    try {
      // Not setUp alone: a channel's `close` that loses its connection never settles with amqplib.
      await Promise.race([setUp(model, nameOfNode(node)), cause.then(why => Promise.reject(new Error(why)))]);
    } catch (error) {
      this.break(model, error);
      throw error;
    } finally {
      clearTimeout(limit);
    }
    return { cause };
  }
}

/** Waits for an answer of the broker, but not for ever, as amqplib would: whoever ends this process has no patience. */
export async function inTime(answer: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([answer, delay(closeTimeoutMs, undefined, { ref: false })]);
}

/** amqplib takes the heartbeat from the address alone; without one a dead peer is noticed by nobody. */
function withHeartbeat(address: string, heartbeatS: number): string {
  const url = new URL(address);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(heartbeatS));
  return url.href;
}

function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  return values
    .map(value => ({ value, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
