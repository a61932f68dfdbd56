import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { errors } from 'jose';
import { z } from 'zod';
import { IdentityRefusal } from './refusal.ts';
import type { User, World } from './rows.ts';

/** How somebody signed in. */
export type SignInProvider = 'password' | 'phone';

export const lifetimeS = 3600;

/** What a refresh token says: the sign-in that it goes on with. `authTime` in Unix seconds. */
export interface SignIn {
  uid: string;
  provider: SignInProvider;
  authTime: number;
}

const signInSchema = z.object({ uid: z.string(), provider: z.enum(['password', 'phone']), authTime: z.int() });

/** The tokens of a sign-in that has just been. */
export async function issueTokens(world: World, user: User, provider: SignInProvider) {
  return await renewTokens(world, user, { uid: user.uid, provider, authTime: Math.floor(world.nowMs() / 1000) });
}

/** The tokens of a sign-in that has been before: a new ID token of the same `auth_time`. */
export async function renewTokens(world: World, user: User, signIn: SignIn) {
  const idToken = await world.keys.sign(claimsOf(world, user, signIn));
  return { idToken, refreshToken: seal(world, signIn), expiresIn: String(lifetimeS) };
}

/** The claims of an ID token as Firebase makes them. */
export function claimsOf(
  world: World,
  { uid, email, phoneNumber, displayName }: Pick<User, 'uid' | 'email' | 'phoneNumber' | 'displayName'>,
  { provider, authTime }: SignIn,
): Record<string, unknown> {
  const iat = Math.floor(world.nowMs() / 1000);
  return {
    iss: world.issuer,
    aud: world.projectId,
    auth_time: authTime,
    user_id: uid,
    sub: uid,
    iat,
    exp: iat + lifetimeS,
    ...(displayName === '' ? {} : { name: displayName }),
    ...(email === null ? {} : { email, email_verified: false }),
    ...(phoneNumber === null ? {} : { phone_number: phoneNumber }),
    firebase: {
      identities: {
        ...(email === null ? {} : { email: [email] }),
        ...(phoneNumber === null ? {} : { phone: [phoneNumber] }),
      },
      sign_in_provider: provider,
    },
  };
}

/** Whose ID token that is, and of which sign-in. */
export async function readIdToken(world: World, idToken: string): Promise<{ user: User; signIn: SignIn }> {
  const payload = await world.keys
    .verify(idToken, { issuer: world.issuer, audience: world.projectId })
    .catch((error: unknown) => {
      throw new IdentityRefusal(error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'INVALID_ID_TOKEN');
    });
  const { sign_in_provider: provider } = Object(payload['firebase']) as { sign_in_provider?: unknown };
  const signIn = signInSchema.safeParse({ uid: payload.sub, provider, authTime: payload['auth_time'] }).data;
  if (signIn === undefined) throw new IdentityRefusal('INVALID_ID_TOKEN');
  return { user: userOf(world, signIn), signIn };
}

/** Whose refresh token that is, and of which sign-in. */
export function readRefreshToken(world: World, refreshToken: string): { user: User; signIn: SignIn } {
  const [text = '', mark = ''] = refreshToken.split('.');
  const given = Buffer.from(mark);
  const right = Buffer.from(markOf(world, text));
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw new IdentityRefusal('INVALID_REFRESH_TOKEN');
  const signIn = signInSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  return { user: userOf(world, signIn), signIn };
}

function userOf({ store }: World, { uid, authTime }: SignIn): User {
  const user = store.get('users', uid);
  if (user === undefined) throw new IdentityRefusal('USER_NOT_FOUND');
  if (user.disabled) throw new IdentityRefusal('USER_DISABLED');
  if (authTime < user.validSince) throw new IdentityRefusal('TOKEN_EXPIRED');
  return user;
}

function seal(world: World, signIn: SignIn): string {
  const text = Buffer.from(JSON.stringify(signIn)).toString('base64url');
  return `${text}.${markOf(world, text)}`;
}

function markOf({ store }: World, text: string): string {
  let row = store.get('secrets', 'refresh');
  if (row === undefined) {
    row = { secret: randomBytes(32).toString('hex') };
    store.put('secrets', 'refresh', row);
    store.commit();
  }
  return createHmac('sha256', row.secret).update(text).digest('base64url');
}
