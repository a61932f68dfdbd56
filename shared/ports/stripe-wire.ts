import StripeSdk from 'stripe';
import { stripeFailureOf } from './stripe-failure.ts';

/** What any call may carry along. */
export interface StripeCall {
  /** Ends the wait for the answer, not what the provider does: the failure is `retry` with code `aborted`. */
  signal?: AbortSignal | undefined;
  /** W3C trace context, sent as a header. */
  traceparent?: string | undefined;
}

/** One request that left this process. */
export interface StripeRequestSeen {
  /** `transfers.create` */
  operation: string;
  /** null when no answer came. */
  status: number | null;
  requestId: string | null;
  durationMs: number;
}

type Operation = StripeCall & { name: string };
type Client = StripeSdk.HttpClient;

/**
 * The client library, made to send exactly one request per call: `maxNetworkRetries: 0` alone isn't that, since v23 sends a request whose
 * connection closed (`ECONNRESET`, `EPIPE`) once more by itself. `fetch` names its errors otherwise, so nothing is sent twice behind the
 * caller's back. It follows no redirect.
 */
export class StripeWire {
  readonly stripe: StripeSdk;
  readonly #secretKey: string;
  readonly #onRequest: ((seen: StripeRequestSeen) => void) | undefined;
  /** From a request's headers to the call it belongs to: the library hands the same object to the authenticator and to the HTTP client. */
  readonly #operations = new WeakMap<object, Operation>();

  constructor(options: {
    secretKey: string;
    apiBase?: string;
    timeoutMs?: number;
    onRequest?: (seen: StripeRequestSeen) => void;
  }) {
    const base = options.apiBase === undefined ? null : new URL(options.apiBase);
    this.#secretKey = options.secretKey;
    this.#onRequest = options.onRequest;
    this.stripe = new StripeSdk(options.secretKey, {
      maxNetworkRetries: 0,
      telemetry: false,
      timeout: options.timeoutMs ?? 20_000,
      httpClient: this.#httpClient(),
      ...(base === null
        ? {}
        : {
            host: base.hostname,
            port: base.port === '' ? (base.protocol === 'http:' ? '80' : '443') : base.port,
            protocol: base.protocol === 'http:' ? 'http' : 'https',
          }),
    });
  }

  /** A call that has an effect: its failure may leave the outcome unknown. */
  async write<T>(name: string, call: StripeCall, send: (options: StripeSdk.RequestOptions) => Promise<T>): Promise<T> {
    return await this.#send(name, call, true, send);
  }

  /** A call that only reads. */
  async read<T>(name: string, call: StripeCall, send: (options: StripeSdk.RequestOptions) => Promise<T>): Promise<T> {
    return await this.#send(name, call, false, send);
  }

  /** Every row of a list, a page of 100 in memory at a time. */
  async *pages<Row extends { id: string }>(
    name: string,
    call: StripeCall,
    list: (page: StripeSdk.PaginationParams, options: StripeSdk.RequestOptions) => Promise<StripeSdk.ApiList<Row>>,
  ): AsyncGenerator<Row> {
    let after: string | undefined;
    for (;;) {
      const cursor = after === undefined ? {} : { starting_after: after };
      const page = await this.read(name, call, options => list({ limit: 100, ...cursor }, options));
      yield* page.data;
      after = page.data.at(-1)?.id;
      if (!page.has_more || after === undefined) return;
    }
  }

  async #send<T>(
    name: string,
    call: StripeCall,
    effect: boolean,
    send: (options: StripeSdk.RequestOptions) => Promise<T>,
  ): Promise<T> {
    try {
      return await send({
        authenticator: async request => {
          request.headers['Authorization'] = `Bearer ${this.#secretKey}`;
          if (call.traceparent !== undefined) request.headers['traceparent'] = call.traceparent;
          this.#operations.set(request.headers, { name, ...call });
        },
      });
    } catch (error) {
      throw stripeFailureOf(error, { effect, aborted: call.signal?.aborted ?? false });
    }
  }

  #httpClient(): Client {
    return {
      getClientName: () => 'fetch',
      makeRequest: async (host, port, path, method, headers, body, protocol, timeoutMs) => {
        const operation = this.#operations.get(headers);
        const client = StripeSdk.createFetchHttpClient(async (input: string | URL | Request, init?: RequestInit) => {
          const signals = [init?.signal, operation?.signal].filter(signal => signal != null);
          return await fetch(input, { ...init, signal: AbortSignal.any(signals), redirect: 'error' });
        });
        const startedAt = performance.now();
        const seen = (status: number | null, requestId: string | null): void =>
          this.#onRequest?.({
            operation: operation?.name ?? path,
            status,
            requestId,
            durationMs: performance.now() - startedAt,
          });
        try {
          const response = await client.makeRequest(host, port, path, method, headers, body, protocol, timeoutMs);
          seen(response.getStatusCode(), String(response.getHeaders()['request-id'] ?? ''));
          return response;
        } catch (error) {
          seen(null, null);
          throw error;
        }
      },
    };
  }
}
