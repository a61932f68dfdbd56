import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Config } from '../../shared/config.ts';
import { Fault } from '../../shared/fault.ts';

/** Whose tokens these are: what chooses their verifier. */
export const marketplaceIssuer = 'millrace/marketplace';

export type SigningConfig = Pick<Config, 'jwtSecret'>;

/** Each purpose has its own audience and type, so that no token passes for another kind. */
const purposes = {
  access: { audience: 'millrace', type: 'at+jwt' },
  refresh: { audience: 'millrace/refresh', type: 'refresh+jwt' },
  return: { audience: 'millrace/connect-return', type: 'return+jwt' },
} as const;
export type Purpose = keyof typeof purposes;

export interface SigningKey {
  id: string;
  secret: KeyObject;
}

const keysOf = new WeakMap<readonly string[], readonly SigningKey[]>();

/** One key per secret of the configuration: the first signs, all verify. */
export function signingKeys({ jwtSecret }: SigningConfig): readonly SigningKey[] {
  if (!jwtSecret) throw new Error('JWT_SECRET is not set');
  let keys = keysOf.get(jwtSecret);
  if (!keys) {
    keys = jwtSecret.map(secret => ({
      id: createHash('sha256').update(`millrace key id:${secret}`).digest('base64url').slice(0, 8),
      secret: createSecretKey(Buffer.from(secret)),
    }));
    keysOf.set(jwtSecret, keys);
  }
  return keys;
}

/** A JWT by HS256. Equal claims under an equal key make an equal token. */
export function signToken(key: SigningKey, purpose: Purpose, claims: Record<string, unknown>): Promise<string> {
  const { audience, type } = purposes[purpose];
  return new SignJWT({ iss: marketplaceIssuer, aud: audience, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: type, kid: key.id })
    .sign(key.secret);
}

/** The claims of a token of ours: key, algorithm, type, issuer, audience and times are checked. Throws `Fault('unauthenticated')`. */
export async function verifyToken<Claims>(
  config: SigningConfig,
  purpose: Purpose,
  token: string,
  schema: z.ZodType<Claims>,
): Promise<Claims> {
  const { audience, type } = purposes[purpose];
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = signingKeys(config).find(({ id }) => id === kid);
    if (!key) throw new errors.JWSSignatureVerificationFailed('no such key');
    const options = { algorithms: ['HS256'], issuer: marketplaceIssuer, audience, typ: type };
    return schema.parse((await jwtVerify(token, key.secret, options)).payload);
  } catch (error) {
    // `decodeProtectedHeader` throws a TypeError for what is no token at all.
    if (!(error instanceof errors.JOSEError || error instanceof z.ZodError || error instanceof TypeError)) throw error;
    const message = error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid.';
    throw new Fault('unauthenticated', message, { cause: error });
  }
}
