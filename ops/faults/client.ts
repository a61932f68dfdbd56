import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';

export interface ClientCall {
  token: string;
  /** Sent as JSON; a form must be made anew at each try. */
  body?: unknown;
  form?: () => FormData;
  headers?: Record<string, string>;
  /** Of a request that changes something. */
  key?: string;
  /** Statuses that are answers, and not faults. */
  expected?: readonly number[];
}

export interface ClientAnswer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the surface answers
  body: any;
}

/** A run that has ended has no more time for clients. */
export class GaveUp extends Error {}

const answerWithinMs = 20_000;
const longestPauseMs = 3_000;
/** So often a server's own error is worth another try. */
const maxServerErrors = 8;

/**
 * A client as one should be: what it has no answer to, it sends again under the same key; it waits when it is told to. What it
 * cannot expect is noted: an error of the server's, a refusal that no rule explains.
 */
export class Client {
  readonly #url: string;
  readonly #ledger: Ledger;
  readonly #signal: AbortSignal;

  /** @param signal aborted when nobody waits for an answer any more. */
  constructor(url: string, ledger: Ledger, signal: AbortSignal) {
    this.#url = url;
    this.#ledger = ledger;
    this.#signal = signal;
    setMaxListeners(0, signal);
  }

  /** Rejects with `GaveUp` at the end of the run, and for a status that is not expected. */
  async call(method: 'GET' | 'POST' | 'PUT', path: string, call: ClientCall): Promise<ClientAnswer> {
    const { key, expected = [200, 201, 202] } = call;
    const name = `${method} ${path.replace(/\?.*|[0-9a-f]{8}-[0-9a-f-]{27}/g, match => (match[0] === '?' ? '' : ':id'))}`;
    if (key !== undefined) this.#ledger.open(key, name);
    let serverErrors = 0;
    for (let tries = 0; ; tries += 1) {
      this.#signal.throwIfAborted();
      const answer = await this.#once(method, path, call);
      this.#ledger.count(answer?.status ?? 'lost');
      if (answer && expected.includes(answer.status)) {
        if (key !== undefined) this.#ledger.close(key);
        return answer;
      }
      const again = answer === null || [429, 503].includes(answer.status) || isInProgress(answer);
      if (!again && answer) {
        this.#ledger.surprise(`${name} answered ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
        serverErrors += 1;
        if (answer.status < 500 || serverErrors > maxServerErrors) {
          if (key !== undefined) this.#ledger.close(key);
          throw new GaveUp(`${name} answered ${answer.status}`);
        }
      }
      this.#ledger.retries += 1;
      const pauseMs = Math.min(
        longestPauseMs,
        Math.max(100 * 2 ** Math.min(tries, 5), 1_000 * (answer?.retryAfterS ?? 0)),
      );
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.#signal });
    }
  }

  /** Null: no whole answer came. */
  async #once(
    method: string,
    path: string,
    { token, body, form, headers = {}, key }: ClientCall,
  ): Promise<(ClientAnswer & { retryAfterS: number }) | null> {
    try {
      const sent = form ? form() : body === undefined ? undefined : JSON.stringify(body);
      const response = await fetch(this.#url + path, {
        method,
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(answerWithinMs)]),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
      const text = await response.text();
      const retryAfterS = Number(response.headers.get('retry-after') ?? 0) || 0;
      return { status: response.status, body: parse(text), retryAfterS };
    } catch {
      return null;
    }
  }
}

function isInProgress({ status, body }: ClientAnswer): boolean {
  return status === 409 && JSON.stringify(body).toUpperCase().includes('IDEMPOTENCY_IN_PROGRESS');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
