import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { keyFinder, KeySetUnavailable } from './key-set.ts';

/** What a valid session token says. */
export interface ClerkClaims {
  /** Clerk's id of the user: `user_…`. */
  subject: string;
  /** Lower case. Null unless the session token carries it, and not as unverified: see `CLERK_ISSUER` in the settings. */
  email: string | null;
  /** '' unless the session token carries one. */
  displayName: string;
}

/** `invalid` for a token that isn't good, whatever is wrong with it; `expired`; `unavailable` while the key set can't be read. */
export class ClerkFailure extends Error {
  readonly outcome: 'invalid' | 'expired' | 'unavailable';

  constructor(outcome: ClerkFailure['outcome'], message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ClerkFailure';
    this.outcome = outcome;
  }
}

export interface ClerkPort {
  /** Throws `ClerkFailure` and nothing else. */
  verifyToken: (token: string) => Promise<ClerkClaims>;
}

export interface ClerkPortOptions {
  /** The instance's Frontend API: `https://clerk.example.com`. */
  issuer: string;
  /** `<issuer>/.well-known/jwks.json` unless given. */
  jwksUrl?: string | undefined;
  /** Tokens must be for it; not looked at unless given, as Clerk's own session tokens are for nobody in particular. */
  audience?: string | undefined;
  /** Origins that tokens may have been made for (`azp`); any unless given. */
  authorizedParties?: readonly string[] | undefined;
  keysTimeoutMs?: number | undefined;
  keysCooldownMs?: number | undefined;
  /** Told of each fetch of the key set. */
  onFetch?: (status: number | null, durationMs: number) => void;
}

/** The issuer as tokens name it. */
export function clerkIssuerOf(url: string): string {
  return url.replace(/\/+$/, '');
}

/** How far the provider's clock may be from ours. */
const clockToleranceS = 10;

const claimsSchema = z.object({
  sub: z.string().min(1).max(128),
  exp: z.number(),
  iat: z.number(),
  azp: z.string().optional(),
  /** Of an organisation-pending session: it admits to nothing yet. */
  sts: z.string().optional(),
  // Of the instance's own choice, by the user's fields: null for a user who has none.
  email: z.string().nullish(),
  email_verified: z.boolean().nullish(),
  name: z.string().nullish(),
});

/**
 * Checks Clerk's session tokens: RS256 by a key of the instance's set, issuer, audience and party where configured, times. Connects to nothing
 * until the first token. Source: clerk.com/docs/backend-requests/manual-jwt.
 */
export function createClerkPort(options: ClerkPortOptions): ClerkPort {
  const issuer = clerkIssuerOf(options.issuer);
  const findKey = keyFinder({
    url: options.jwksUrl ?? `${issuer}/.well-known/jwks.json`,
    timeoutMs: options.keysTimeoutMs,
    cooldownMs: options.keysCooldownMs,
    onFetch: options.onFetch,
  });
  const checks = {
    issuer,
    algorithms: ['RS256'],
    requiredClaims: ['exp', 'iat', 'sub'],
    clockTolerance: clockToleranceS,
    ...(options.audience === undefined ? {} : { audience: options.audience }),
  };
  const parties = options.authorizedParties ?? [];

  return {
    async verifyToken(token) {
      try {
        const claims = claimsSchema.parse((await jwtVerify(token, findKey, checks)).payload);
        if (claims.iat > Date.now() / 1000 + clockToleranceS) throw new Error('the token is from the future');
        // The origin of the page that asked for it: a token that a native app asked for has none.
        if (parties.length > 0 && claims.azp !== undefined && !parties.includes(claims.azp))
          throw new Error('the token is for another party');
        if (claims.sts === 'pending') throw new Error('the session is pending');
        const email = claims.email_verified === false ? '' : (claims.email ?? '').trim().toLowerCase();
        return {
          subject: claims.sub,
          email: email.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email) ? email : null,
          displayName: (claims.name ?? '')
            .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
            .slice(0, 200)
            .toWellFormed()
            .trim(),
        };
      } catch (error) {
        if (error instanceof KeySetUnavailable) throw new ClerkFailure('unavailable', error.message, error);
        if (error instanceof errors.JWTExpired) throw new ClerkFailure('expired', 'The token has expired.', error);
        throw new ClerkFailure('invalid', 'Invalid token', error);
      }
    },
  };
}
