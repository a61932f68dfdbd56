import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { exchange } from './exchange.ts';

/** The key set has never been read, or is a day old and out of reach: nobody can say whether a token is good. */
export class KeySetUnavailable extends Error {
  constructor(cause: unknown) {
    super("The identity provider's keys can't be read.", { cause });
    this.name = 'KeySetUnavailable';
  }
}

export interface KeySetOptions {
  url: string;
  /** Of a fetch; 5 seconds unless given. */
  timeoutMs?: number | undefined;
  /** After a fetch, how long a token by a key that isn't in the set is refused without a look; 30 seconds unless given. */
  cooldownMs?: number | undefined;
  /** Told of each fetch. */
  onFetch?: ((status: number | null, durationMs: number) => void) | undefined;
}

/** Looked at again in the background this often, so that a withdrawn key is believed this much longer at most. */
const refreshMs = 600_000;
/** With the provider's key set out of reach, tokens are checked against the last one for a day: it is how often Google changes its keys. */
const maxAgeMs = 86_400_000;
const maxBytes = 262_144;

/**
 * A provider's key set (RFC 7517), read at the first token, at a key that isn't in it, and again in the background. What it makes throws
 * jose's errors for a token by no key of the set, and `KeySetUnavailable`.
 */
export function keyFinder(options: KeySetOptions): JWTVerifyGetKey {
  const timeoutMs = options.timeoutMs ?? 5000;
  let askedAt = 0;
  const keys = createRemoteJWKSet(new URL(options.url), {
    cacheMaxAge: maxAgeMs,
    timeoutDuration: timeoutMs,
    cooldownDuration: options.cooldownMs ?? 30_000,
    [customFetch]: async (url, init) => {
      askedAt = performance.now();
      let status: number | null = null;
      try {
        const headers = Object.fromEntries(init.headers.entries());
        const answer = await exchange(url, { method: 'GET', headers }, { timeoutMs, maxBytes, signal: init.signal });
        status = answer.status;
        return new Response(answer.text, { status });
      } finally {
        options.onFetch?.(status, performance.now() - askedAt);
      }
    },
  });

  return async (header, token) => {
    if (header.kid === undefined) throw new errors.JWKSNoMatchingKey('a token without a key id');
    if (keys.fresh && performance.now() - askedAt > refreshMs) keys.reload().catch(() => undefined);
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new KeySetUnavailable(error);
    }
  };
}
