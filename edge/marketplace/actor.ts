import type { IncomingHttpHeaders } from 'node:http';
import type { Connection } from '../../db/connect.ts';
import { Fault } from '../../shared/fault.ts';
import type { Actor } from '../actor.ts';
import type { SigningConfig } from './signed-token.ts';
import { verifyMarketplaceToken } from './tokens.ts';

/** Who sends a request to the marketplace; null if no token was sent. Throws `Fault('unauthenticated')`. */
export async function authenticateMarketplace(
  headers: IncomingHttpHeaders,
  deps: { db: Connection; config: SigningConfig },
): Promise<Actor | null> {
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new Fault('unauthenticated', 'The Authorization header must be "Bearer <token>".');
  return verifyMarketplaceToken(token, deps);
}
