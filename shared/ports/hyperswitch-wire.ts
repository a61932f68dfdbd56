import type { z } from 'zod';
import { failureOfAnswer, type HyperswitchAnswer, HyperswitchFailure, parseAnswer } from './hyperswitch-failure.ts';

/** What any call may carry along. */
export interface Call {
  /** Ends the wait for the answer, not what the provider does: the failure is `retry` with code `aborted`. */
  signal?: AbortSignal | undefined;
  /** W3C trace context, sent as a header. */
  traceparent?: string | undefined;
}

/** One request that left this process. */
export interface HyperswitchRequestSeen {
  /** `payments.create` */
  operation: string;
  /** null when no whole answer came. */
  status: number | null;
  requestId: string | null;
  durationMs: number;
}

export interface HyperswitchWireOptions {
  apiKey: string;
  /** `https://api.hyperswitch.io`, or the sandbox's address. */
  apiBase: string;
  /** Of each call, headers and body together; 20 seconds unless given. */
  timeoutMs?: number;
  /** Told of each request that left, answered or not. */
  onRequest?: (seen: HyperswitchRequestSeen) => void;
}

const maxAnswerBytes = 1_048_576;

/** Sends one request per call and validates its answer. Fails with `HyperswitchFailure` and nothing else. */
export class HyperswitchWire {
  readonly #apiKey: string;
  readonly #base: string;
  readonly #timeoutMs: number;
  readonly #onRequest: ((seen: HyperswitchRequestSeen) => void) | undefined;

  /** Throws for a key that no header can carry: `fetch` would quote it in its own error. */
  constructor(options: HyperswitchWireOptions) {
    if (!/^[\x21-\x7e]+$/.test(options.apiKey))
      throw new Error('The Hyperswitch API key is empty or no header can carry it.');
    this.#apiKey = options.apiKey;
    this.#base = options.apiBase.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs ?? 20_000;
    this.#onRequest = options.onRequest;
  }

  async get<Row>(operation: string, path: string, schema: z.ZodType<Row>, call: Call): Promise<Row> {
    return read(await this.#send(operation, path, { method: 'GET' }, call), schema);
  }

  async post<Row>(operation: string, path: string, body: unknown, schema: z.ZodType<Row>, call: Call): Promise<Row> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return read(await this.#send(operation, path, init, call), schema);
  }

  async #send(
    operation: string,
    path: string,
    init: { method: string; headers?: Record<string, string>; body?: string },
    call: Call,
  ): Promise<HyperswitchAnswer> {
    // Not AbortSignal.timeout: with AbortSignal.any, nothing but a timer of ours keeps it from being collected before it fires.
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), this.#timeoutMs);
    const startedAt = performance.now();
    let answer: HyperswitchAnswer | null = null;
    try {
      const response = await fetch(`${this.#base}${path}`, {
        ...init,
        headers: {
          ...init.headers,
          accept: 'application/json',
          'api-key': this.#apiKey,
          ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
        },
        redirect: 'error',
        signal: call.signal === undefined ? patience.signal : AbortSignal.any([patience.signal, call.signal]),
      });
      const text = await readText(response);
      answer = { status: response.status, text, requestId: response.headers.get('x-request-id') };
      return answer;
    } catch (error) {
      const code = call.signal?.aborted ? 'aborted' : patience.signal.aborted ? 'timeout' : 'connection';
      const failure = { outcome: 'retry', code, status: null, requestId: null } as const;
      throw new HyperswitchFailure(failure, `No answer from Hyperswitch: ${code}.`, error);
    } finally {
      clearTimeout(timer);
      const { status = null, requestId = null } = answer ?? {};
      this.#onRequest?.({ operation, status, requestId, durationMs: performance.now() - startedAt });
    }
  }
}

function read<Row>(answer: HyperswitchAnswer, schema: z.ZodType<Row>): Row {
  const { status, text, requestId } = answer;
  if (status < 200 || status > 299) throw failureOfAnswer(answer);
  const row = parseAnswer(schema, text);
  if (row !== null) return row;
  // Of a write, too: the id makes a repeat harmless, and the repeat tells what came of this one.
  const failure = { outcome: 'retry', code: 'invalid_answer', status, requestId } as const;
  throw new HyperswitchFailure(failure, `Hyperswitch answered ${status} with a body that can't be understood.`);
}

/** The body as text, cut off at the limit: half an answer is no JSON, and so not understood. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8');
}
