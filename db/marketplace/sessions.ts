import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { MarketplaceRole } from './users.ts';

const insertSql = sql('marketplace/sessions/insert');
const findLiveSql = sql('marketplace/sessions/find-live');
const extendSql = sql('marketplace/sessions/extend');
const revokeSql = sql('marketplace/sessions/revoke');
const revokeByTokenSql = sql('marketplace/sessions/revoke-by-token');
const reapSql = sql('marketplace/sessions/reap');
const insertTokenSql = sql('marketplace/refresh-tokens/insert');
const lockTokenSql = sql('marketplace/refresh-tokens/lock');
const useTokenSql = sql('marketplace/refresh-tokens/use');
const reapTokensSql = sql('marketplace/refresh-tokens/reap');

/** A session ends by itself when nobody has refreshed it for this long. */
export const sessionLifetimeS = 30 * 86_400;
/** Two tabs that wake together both send the token they share; later than this, a used token is in other hands. */
const graceS = 10;

/** Opens a session; answers its id. `tokenHash` is the SHA-256 of its first refresh token. */
export async function createSession(tx: Transaction, userId: string, tokenHash: Buffer): Promise<string> {
  const id = uuidV7();
  await tx.one(insertSql({ id, userId, lifetimeS: sessionLifetimeS }));
  await tx.one(insertTokenSql({ hash: tokenHash, sessionId: id }));
  return id;
}

/** The user's present role if the session is live and theirs, else null. One look-up by two primary keys. */
export async function findLiveSession(db: Connection, id: string, userId: string): Promise<MarketplaceRole | null> {
  const row = await db.oneOrNone<{ role: MarketplaceRole }>(findLiveSql({ id, userId }));
  return row?.role ?? null;
}

export interface SessionHolder {
  sessionId: string;
  userId: string;
  role: MarketplaceRole;
}

/** `successor` is the hash of the token that is good from now on: ours, or the one that an earlier use was answered with. */
export type Rotation =
  | { outcome: 'rotated' | 'repeated'; holder: SessionHolder; successor: Buffer }
  | { outcome: 'reused' | 'ended' | 'unknown' };

/**
 * Changes a refresh token for its successor. Uses of one token wait for one another; those within ten seconds of the first are
 * `repeated`, a later one is `reused` and revokes the session. Let the transaction commit whatever the outcome is.
 */
export async function rotateRefreshToken(tx: Transaction, hash: Buffer, successor: Buffer): Promise<Rotation> {
  const token = await tx.oneOrNone<{ sessionId: string; successor: Buffer | null; stale: boolean }>(
    lockTokenSql({ hash, graceS }),
  );
  if (!token) return { outcome: 'unknown' };
  if (token.stale) {
    await tx.oneOrNone(revokeSql({ id: token.sessionId }));
    return { outcome: 'reused' };
  }
  const holder = await tx.oneOrNone<SessionHolder>(extendSql({ id: token.sessionId, lifetimeS: sessionLifetimeS }));
  if (!holder) return { outcome: 'ended' };
  if (token.successor) return { outcome: 'repeated', holder, successor: token.successor };
  await tx.one(useTokenSql({ hash, successor }));
  await tx.one(insertTokenSql({ hash: successor, sessionId: token.sessionId }));
  return { outcome: 'rotated', holder, successor };
}

/** Ends a session: its refresh and access tokens are refused from the commit on. */
export async function revokeSession(db: Connection, id: string): Promise<void> {
  await db.oneOrNone(revokeSql({ id }));
}

/** Ends the session that a refresh token belongs to, also if the token was used before. */
export async function revokeSessionOfToken(db: Connection, hash: Buffer): Promise<void> {
  await db.oneOrNone(revokeByTokenSql({ hash }));
}

/** Deletes sessions that are over and refresh tokens used longer ago than a session lives, at most `limit` of each. Answers how many. */
export async function reapSessions(db: Connection, limit: number): Promise<number> {
  const sessions = await db.any(reapSql({ limit }));
  const tokens = await db.any(reapTokensSql({ keepS: sessionLifetimeS, limit }));
  return sessions.length + tokens.length;
}
