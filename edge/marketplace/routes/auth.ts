import { z } from 'zod';
import type { Transaction } from '../../../db/connect.ts';
import {
  createSession,
  revokeSession,
  revokeSessionOfToken,
  rotateRefreshToken,
  type SessionHolder,
  sessionLifetimeS,
} from '../../../db/marketplace/sessions.ts';
import { createUser, findUserByEmail, type User } from '../../../db/marketplace/users.ts';
import type { Config } from '../../../shared/config.ts';
import { Fault } from '../../../shared/fault.ts';
import { hashPassword, verifyPassword } from '../../../shared/password.ts';
import { LoginThrottle } from '../../../shared/login-throttle.ts';
import { defineRoute, type Reply, type Route } from '../../route.ts';
import { readRefreshCookie, refreshCookie } from '../refresh-cookie.ts';
import { checkRefreshToken, hashRefreshToken, newRefreshToken, successorsOf } from '../refresh-token.ts';
import { accessLifetimeS, signAccessToken } from '../tokens.ts';

// Letters and digits of ASCII only: names that look alike can't be told apart by a unique index.
const usernameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,49}$/, '3 to 50 letters, digits, dots, underscores and hyphens');
const emailSchema = z.email().max(254);
const refreshTokenSchema = z.string().min(1).max(2_048);
/** Without a body the cookie is read. */
const refreshBody = z.strictObject({ refresh_token: refreshTokenSchema.optional() }).optional();

const userSchema = z.object({ id: z.uuid(), username: z.string(), email: z.string() });
const pairSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.literal(accessLifetimeS),
});
const signedInSchema = pairSchema.extend({ user: userSchema });

/** Both tokens, in the body and (the refresh token) in the browser's cookie. */
async function replyWithTokens(
  config: Config,
  status: number,
  { sessionId, userId, role }: SessionHolder,
  refreshToken: string,
  user?: z.output<typeof userSchema>,
): Promise<Reply> {
  const pair: z.output<typeof pairSchema> = {
    access_token: await signAccessToken(config, { userId, sessionId, role }),
    refresh_token: refreshToken,
    expires_in: accessLifetimeS,
  };
  return {
    status,
    headers: { 'set-cookie': refreshCookie(config, refreshToken, sessionLifetimeS) },
    body: user ? { user, ...pair } : pair,
  };
}

/** Opens a session for a user who has just proved who they are. */
async function replyWithSession(config: Config, tx: Transaction, status: number, user: User): Promise<Reply> {
  const refreshToken = await newRefreshToken(config);
  const { id, username, email, role } = user;
  const sessionId = await createSession(tx, id, hashRefreshToken(refreshToken));
  return replyWithTokens(config, status, { sessionId, userId: id, role }, refreshToken, { id, username, email });
}

const register = defineRoute({
  method: 'POST',
  path: '/api/v1/auth/register',
  summary: 'Make an account',
  description: 'Usernames and e-mail addresses are compared without case.',
  roles: 'public',
  idempotency: 'none',
  // A password hash is the dearest thing that a stranger can ask for.
  limitPerMinute: 60,
  body: z.strictObject({ username: usernameSchema, email: emailSchema, password: z.string().min(10).max(200) }),
  response: { 201: signedInSchema },
  async handler(request) {
    const {
      body,
      edge: { config },
    } = request;
    const passwordHash = await hashPassword(body.password);
    return request.transact(async tx => {
      const user = await createUser(tx, { username: body.username, email: body.email, passwordHash });
      if (!user) throw new Fault('conflict', 'That username or e-mail address is taken.', { reason: 'account_taken' });
      return replyWithSession(config, tx, 201, user);
    });
  },
});

const login = (throttle: LoginThrottle): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/v1/auth/login',
    summary: 'Log in',
    description: 'Throttled per account and per address.',
    roles: 'public',
    idempotency: 'none',
    body: z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(200) }),
    faults: ['unauthenticated'],
    response: { 200: signedInSchema },
    async handler(request) {
      const {
        body,
        ip,
        db,
        edge: { config },
      } = request;
      await throttle.count(body.email, ip);
      const user = await findUserByEmail(db, body.email);
      if (!(await verifyPassword(user?.passwordHash ?? null, body.password)) || !user)
        throw new Fault('unauthenticated', 'The e-mail address or the password is wrong.');
      await throttle.forgive(body.email, ip);
      return request.transact(tx => replyWithSession(config, tx, 200, user));
    },
  });

const refresh = defineRoute({
  method: 'POST',
  path: '/api/v1/auth/refresh',
  summary: 'Change a refresh token for a new pair',
  description:
    'The token comes in the body or in the cookie `refresh_token`. The same token again within ten seconds answers the same refresh token; later it ends the session.',
  roles: 'public',
  idempotency: 'none',
  body: refreshBody,
  faults: ['unauthenticated'],
  response: { 200: pairSchema },
  async handler(request) {
    const {
      body,
      headers,
      edge: { config },
      log,
    } = request;
    const token = body?.refresh_token ?? readRefreshCookie(headers);
    if (token === undefined) throw new Fault('unauthenticated', 'No refresh token was sent.');
    await checkRefreshToken(config, token);
    const candidates = await successorsOf(config, token);
    const hashes = candidates.map(hashRefreshToken);
    const rotation = await request.transact(tx => rotateRefreshToken(tx, hashRefreshToken(token), hashes[0]!));
    if (rotation.outcome === 'reused') log.warn('a used refresh token came back; its session is revoked');
    if (!('holder' in rotation)) throw new Fault('unauthenticated', 'The refresh token is no longer good.');
    const successor = candidates.find((_, index) => hashes[index]!.equals(rotation.successor));
    // Its secret has left the list since the token was first used.
    if (successor === undefined) throw new Fault('unauthenticated', 'The refresh token is no longer good.');
    return replyWithTokens(config, 200, rotation.holder, successor);
  },
});

const logout = defineRoute({
  method: 'POST',
  path: '/api/v1/auth/logout',
  summary: 'End the session',
  description:
    'Ends the session of the bearer token and that of the refresh token, where sent. Repeating it is harmless.',
  roles: 'optional',
  idempotency: 'none',
  body: refreshBody,
  response: { 200: z.object({ message: z.string() }) },
  async handler({ body, headers, actor, db, edge: { config } }) {
    const token = body?.refresh_token ?? readRefreshCookie(headers);
    if (actor?.sessionId !== undefined) await revokeSession(db, actor.sessionId);
    if (token !== undefined) await revokeSessionOfToken(db, hashRefreshToken(token));
    return {
      status: 200,
      headers: { 'set-cookie': refreshCookie(config, null, 0) },
      body: { message: 'Logged out' },
    };
  },
});

export function authRoutes(throttle: LoginThrottle = new LoginThrottle()): Route[] {
  return [register, login(throttle), refresh, logout];
}
