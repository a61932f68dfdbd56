import { z } from 'zod';
import type { Connection } from '../../db/connect.ts';
import { findLiveSession } from '../../db/marketplace/sessions.ts';
import { Fault } from '../../shared/fault.ts';
import type { Actor } from '../actor.ts';
import { type SigningConfig, signingKeys, signToken, verifyToken } from './signed-token.ts';

export { marketplaceIssuer } from './signed-token.ts';

export const accessLifetimeS = 3_600;

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), role: z.string(), iat: z.number(), exp: z.number() });

/** An access token, good for `accessLifetimeS`. The role in it is for the client to read: we look it up. */
export function signAccessToken(
  config: SigningConfig,
  session: { userId: string; sessionId: string; role: string },
  nowMs: number = Date.now(),
): Promise<string> {
  const iat = Math.floor(nowMs / 1_000);
  const { userId: sub, sessionId: sid, role } = session;
  return signToken(signingKeys(config)[0]!, 'access', { sub, sid, role, iat, exp: iat + accessLifetimeS });
}

/** Throws `Fault('unauthenticated')`. Whether the session still lives is not in the token. */
export async function readAccessToken(
  config: SigningConfig,
  token: string,
): Promise<{ userId: string; sessionId: string }> {
  const claims = await verifyToken(config, 'access', token, claimsSchema);
  return { userId: claims.sub, sessionId: claims.sid };
}

/** What the rows of a marketplace user carry as their owner. */
export function marketplaceOwner(userId: string): string {
  return `marketplace/${userId}`;
}

/** The user behind an access token whose session is live, in their present role: one query. Throws `Fault('unauthenticated')`. */
export async function verifyMarketplaceToken(
  token: string,
  { db, config }: { db: Connection; config: SigningConfig },
): Promise<Actor> {
  const { userId, sessionId } = await readAccessToken(config, token);
  const role = await findLiveSession(db, sessionId, userId);
  if (role === null) throw new Fault('unauthenticated', 'The session has ended.');
  return {
    id: userId,
    owner: marketplaceOwner(userId),
    surface: 'marketplace',
    roles: role === 'admin' ? ['marketplace:user', 'marketplace:admin'] : ['marketplace:user'],
    tenant: null,
    sessionId,
  };
}
