import { z } from 'zod';
import { hashPassword, verifyPassword } from '../../../shared/password.ts';
import { accountsEndpoint } from './endpoint.ts';
import { IdentityRefusal } from './refusal.ts';
import { issueTokens, readIdToken, renewTokens } from './tokens.ts';
import { checkEmail, checkPassword, makeUser, saveUser, userByEmail } from './users.ts';

const text = z.string().max(4096).optional();

export const signUp = accountsEndpoint(
  'signUp',
  z.object({ email: text, password: text, displayName: text }),
  async (world, { email, password, displayName }) => {
    // Without both, it asks for an account of nobody in particular, which the project doesn't allow.
    if (!email && !password) throw new IdentityRefusal('ADMIN_ONLY_OPERATION');
    if (!email) throw new IdentityRefusal('MISSING_EMAIL');
    if (!password) throw new IdentityRefusal('MISSING_PASSWORD');
    checkEmail(world, email);
    const passwordHash = await hashPassword(checkPassword(password));
    const user = makeUser(world, { email, passwordHash, displayName });
    return {
      kind: 'identitytoolkit#SignupNewUserResponse',
      localId: user.uid,
      email: user.email,
      ...(displayName === undefined ? {} : { displayName }),
      ...(await issueTokens(world, user, 'password')),
    };
  },
);

export const signInWithPassword = accountsEndpoint(
  'signInWithPassword',
  z.object({ email: text, password: text }),
  async (world, { email, password }) => {
    if (!email) throw new IdentityRefusal('INVALID_EMAIL');
    if (!password) throw new IdentityRefusal('MISSING_PASSWORD');
    const passwordHash = userByEmail(world, email)?.passwordHash ?? null;
    const right = await verifyPassword(passwordHash, password);
    const known = userByEmail(world, email);
    // As a project answers that doesn't tell who has an account, which is how projects are made now.
    if (!right || known?.passwordHash !== passwordHash) throw new IdentityRefusal('INVALID_LOGIN_CREDENTIALS');
    if (known.disabled) throw new IdentityRefusal('USER_DISABLED');
    const user = saveUser(world, { ...known, lastSignInAt: world.nowMs() });
    return {
      kind: 'identitytoolkit#VerifyPasswordResponse',
      localId: user.uid,
      email: user.email,
      displayName: user.displayName,
      registered: true,
      ...(await issueTokens(world, user, 'password')),
    };
  },
);

export const update = accountsEndpoint(
  'update',
  z.object({
    idToken: text,
    email: text,
    password: text,
    displayName: text,
    returnSecureToken: z.boolean().optional(),
  }),
  async (world, { idToken, email, password, displayName, returnSecureToken }) => {
    const passwordHash = password === undefined ? undefined : await hashPassword(checkPassword(password));
    const { user, signIn } = await readIdToken(world, idToken ?? '');
    const changesEmail = email !== undefined && email.toLowerCase() !== user.email;
    const changed = saveUser(world, {
      ...user,
      ...(changesEmail ? { email: checkEmail(world, email) } : {}),
      ...(passwordHash === undefined ? {} : { passwordHash }),
      ...(displayName === undefined ? {} : { displayName }),
      // A new address or password ends every other sign-in.
      ...(changesEmail || password !== undefined ? { validSince: Math.floor(world.nowMs() / 1000) } : {}),
    });
    const renew =
      password === undefined
        ? () => renewTokens(world, changed, signIn)
        : () => issueTokens(world, changed, 'password');
    return {
      kind: 'identitytoolkit#SetAccountInfoResponse',
      localId: changed.uid,
      email: changed.email,
      displayName: changed.displayName,
      ...(returnSecureToken === true ? await renew() : {}),
    };
  },
);

export const lookup = accountsEndpoint('lookup', z.object({ idToken: text }), async (world, { idToken }) => {
  const { user } = await readIdToken(world, idToken ?? '');
  return {
    kind: 'identitytoolkit#GetAccountInfoResponse',
    users: [
      {
        localId: user.uid,
        displayName: user.displayName,
        ...(user.email === null ? {} : { email: user.email, emailVerified: false }),
        ...(user.phoneNumber === null ? {} : { phoneNumber: user.phoneNumber }),
        disabled: user.disabled,
        validSince: String(user.validSince),
        createdAt: String(user.createdAt),
        ...(user.lastSignInAt === null ? {} : { lastLoginAt: String(user.lastSignInAt) }),
      },
    ],
  };
});

export const deleteAccount = accountsEndpoint('delete', z.object({ idToken: text }), async (world, { idToken }) => {
  const { user } = await readIdToken(world, idToken ?? '');
  world.store.drop('users', user.uid);
  world.store.commit();
  return { kind: 'identitytoolkit#DeleteAccountResponse' };
});
