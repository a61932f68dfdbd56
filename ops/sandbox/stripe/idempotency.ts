import { createHash } from 'node:crypto';
import { StripeRefusal } from './refusal.ts';
import type { StoredAnswer, Rows } from './rows.ts';
import type { Store } from '../store.ts';

/** Stripe prunes keys once they are at least 24 hours old; a pruned key makes a new request. */
const keptMs = 24 * 3600_000;

/**
 * Stripe's idempotency layer (docs.stripe.com/api/idempotent_requests, docs.stripe.com/error-low-level). A key belongs to one API key and
 * account. The first answer of an endpoint that began to execute is stored, status and body, 500s included, and replayed. Other parameters or
 * another path under the same key are a 400 `idempotency_error`; a request whose key is still executing is a 409 `idempotency_key_in_use`.
 * What was refused before execution (401, 429, a validation error, those two) is never stored.
 */
export class IdempotencyKeys {
  readonly #store: Store<Rows>;
  readonly #nowMs: () => number;
  readonly #executing = new Map<string, { key: string; fingerprint: string }>();

  constructor(store: Store<Rows>, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** The stored answer to replay, or null after taking the key for this request, which then must `release` it. */
  claim(scope: string, key: string, fingerprint: string): StoredAnswer | null {
    const id = `${scope} ${key}`;
    const stored = this.#live(id);
    const first = stored ?? this.#executing.get(id);
    if (first !== undefined && first.fingerprint !== fingerprint) throw keyMismatch(key);
    if (stored !== undefined) return stored;
    if (first !== undefined) throw keyInUse(key);
    this.#executing.set(id, { key, fingerprint });
    return null;
  }

  /** Puts the answer beside the request's own rows; the caller commits both as one. */
  remember(scope: string, key: string, answer: Omit<StoredAnswer, 'storedAtMs'>): void {
    for (const [oldest, row] of this.#store.entries('answers')) {
      if (this.#nowMs() - row.storedAtMs <= keptMs) break;
      this.#store.drop('answers', oldest);
    }
    this.#store.put('answers', `${scope} ${key}`, { ...answer, storedAtMs: this.#nowMs() });
  }

  release(scope: string, key: string): void {
    this.#executing.delete(`${scope} ${key}`);
  }

  /** The keys whose requests execute right now. */
  executing(): string[] {
    return [...this.#executing.values()].map(request => request.key);
  }

  #live(id: string): StoredAnswer | undefined {
    const stored = this.#store.get('answers', id);
    return stored !== undefined && this.#nowMs() - stored.storedAtMs <= keptMs ? stored : undefined;
  }
}

/** A hash of what must be the same for the same key: method, path and parameters, in whatever order they came. */
export function fingerprintOf(method: string, path: string, encoded: string): string {
  const params = new URLSearchParams(encoded);
  params.sort();
  return createHash('sha256').update(`${method} ${path} ${params.toString()}`).digest('base64url');
}

function keyMismatch(key: string): StripeRefusal {
  return new StripeRefusal(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

function keyInUse(key: string): StripeRefusal {
  return new StripeRefusal(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}
