import { decodeProtectedHeader, errors, jwtVerify, UnsecuredJWT } from 'jose';
import { z } from 'zod';
import { IdentityFailure } from './identity-failure.ts';
import { keyFinder, KeySetUnavailable } from './key-set.ts';

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

/** The issuer as a project's tokens name it. */
export function firebaseIssuerOf(projectId: string): string {
  return `https://securetoken.google.com/${projectId}`;
}

const googleKeys = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';
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
  const issuer = options.issuer ?? firebaseIssuerOf(options.projectId);
  const checks = { issuer, audience: options.projectId, requiredClaims: ['exp', 'iat', 'sub', 'auth_time'] };
  const findKey = keyFinder({
    url: options.jwksUrl ?? googleKeys,
    timeoutMs: options.keysTimeoutMs,
    cooldownMs: options.keysCooldownMs,
    onFetch: options.onFetch,
  });

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
      if (error instanceof KeySetUnavailable) throw new IdentityFailure('unavailable', 'keys', error.message, error);
      if (error instanceof errors.JWTExpired)
        throw new IdentityFailure('token', 'expired', 'The token has expired.', error);
      throw new IdentityFailure('token', 'invalid', undefined, error);
    }
  };
}
