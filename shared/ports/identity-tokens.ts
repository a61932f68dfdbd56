import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
  UnsecuredJWT,
} from 'jose';
import { z } from 'zod';
import { exchange } from './exchange.ts';
import { IdentityFailure } from './identity-failure.ts';

/** What a valid ID token says. */
export interface IdentityClaims {
  uid: string;
  /** Not necessarily verified by the provider: who signs up with a password may give any address. */
  email: string | null;
  /** E.164; the provider has sent it a code. */
  phone: string | null;
  /** '' for one who gave none. */
  displayName: string;
  /** When they signed in, to the second; a refreshed token keeps it. */
  authTime: Date;
  expiresAt: Date;
}

export interface TokenVerifierOptions {
  /** The audience. */
  projectId: string;
  /** `https://securetoken.google.com/<project>` unless given. */
  issuer?: string | undefined;
  /** Google's unless given. */
  jwksUrl?: string | undefined;
  /** Takes the emulator's unsigned tokens too: whoever can reach us is then whoever they say. Development only. */
  emulator?: boolean | undefined;
  /** Of a fetch of the key set; 5 seconds unless given. */
  keysTimeoutMs?: number | undefined;
  /** After a fetch, how long a token by a key that isn't in the set is refused without a look; 30 seconds unless given. */
  keysCooldownMs?: number | undefined;
  /** Told of each fetch of the key set. */
  onFetch?: (status: number | null, durationMs: number) => void;
}

const googleKeys = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';
/** Looked at again in the background this often, so that a withdrawn key is believed this much longer at most. */
const refreshMs = 600_000;
/** With the provider's key set out of reach, tokens are checked against the last one for a day: it is how often Google changes its keys. */
const maxKeysAgeMs = 86_400_000;
const maxKeysBytes = 262_144;
/** How far the provider's clock may be ahead of ours. */
const clockToleranceS = 10;

const claimsSchema = z.object({
  sub: z.string().min(1).max(128),
  exp: z.number(),
  iat: z.number(),
  auth_time: z.int().positive(),
  email: z.string().optional(),
  phone_number: z.string().optional(),
  name: z.string().optional(),
});

/**
 * Makes the check of ID tokens: RS256 by a key of the provider's set, issuer, audience, times. Throws `IdentityFailure`: `token` (`expired` or
 * `invalid`), or `unavailable` while the key set has never been read.
 */
export function createTokenVerifier(options: TokenVerifierOptions): (idToken: string) => Promise<IdentityClaims> {
  const issuer = options.issuer ?? `https://securetoken.google.com/${options.projectId}`;
  const checks = { issuer, audience: options.projectId, requiredClaims: ['exp', 'iat', 'sub', 'auth_time'] };
  const findKey = keyFinder(options);

  const readPayload = async (idToken: string): Promise<unknown> => {
    if (options.emulator === true && decodeProtectedHeader(idToken).alg === 'none')
      return UnsecuredJWT.decode(idToken, checks).payload;
    return (await jwtVerify(idToken, findKey, { ...checks, algorithms: ['RS256'] })).payload;
  };

  return async idToken => {
    try {
      const claims = claimsSchema.parse(await readPayload(idToken));
      const latest = Date.now() / 1000 + clockToleranceS;
      // A sign-out refuses tokens by their auth_time: one from the future would outlive it.
      if (claims.auth_time > latest || claims.iat > latest) throw new Error('the token is from the future');
      return {
        uid: claims.sub,
        email: claims.email ?? null,
        phone: claims.phone_number ?? null,
        displayName: claims.name ?? '',
        authTime: new Date(claims.auth_time * 1000),
        expiresAt: new Date(claims.exp * 1000),
      };
    } catch (error) {
      if (error instanceof IdentityFailure) throw error;
      if (error instanceof errors.JWTExpired)
        throw new IdentityFailure('token', 'expired', 'The token has expired.', error);
      throw new IdentityFailure('token', 'invalid', undefined, error);
    }
  };
}

/** The provider's key set, read at the first token, at a key that isn't in it, and again in the background. */
function keyFinder(options: TokenVerifierOptions): JWTVerifyGetKey {
  const timeoutMs = options.keysTimeoutMs ?? 5000;
  let askedAt = 0;
  const keys = createRemoteJWKSet(new URL(options.jwksUrl ?? googleKeys), {
    cacheMaxAge: maxKeysAgeMs,
    timeoutDuration: timeoutMs,
    cooldownDuration: options.keysCooldownMs ?? 30_000,
    [customFetch]: async (url, init) => {
      askedAt = performance.now();
      let status: number | null = null;
      try {
        const headers = Object.fromEntries(init.headers.entries());
        const limits = { timeoutMs, maxBytes: maxKeysBytes, signal: init.signal };
        const answer = await exchange(url, { method: 'GET', headers }, limits);
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
      throw new IdentityFailure('unavailable', 'keys', "The identity provider's keys can't be read.", error);
    }
  };
}
