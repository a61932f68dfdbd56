import { createHash, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type SigningConfig, signingKeys, signToken, verifyToken } from './signed-token.ts';

/** A refresh token: 256 random bits in a signed envelope, so that forgeries never reach the database. It ends with its session. */
export function newRefreshToken(config: SigningConfig): Promise<string> {
  return signToken(signingKeys(config)[0]!, 'refresh', { jti: randomBytes(32).toString('base64url') });
}

/**
 * What a refresh token may be changed for: one candidate per secret, the present one's first. Each follows from the token
 * by an HMAC, so that a second tab can be given the same successor although only hashes are stored.
 */
export function successorsOf(config: SigningConfig, token: string): Promise<string[]> {
  return Promise.all(
    signingKeys(config).map(key => {
      const jti = createHmac('sha256', key.secret).update(`millrace refresh successor:${token}`).digest('base64url');
      return signToken(key, 'refresh', { jti });
    }),
  );
}

/** Throws `Fault('unauthenticated')` for a refresh token that we didn't sign. */
export async function checkRefreshToken(config: SigningConfig, token: string): Promise<void> {
  await verifyToken(config, 'refresh', token, z.object({ jti: z.string() }));
}

/** What the database knows a refresh token by. 256 random bits need no slow hash. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
