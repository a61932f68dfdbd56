import { z } from 'zod';
import { accountsEndpoint } from './endpoint.ts';
import { IdentityRefusal } from './refusal.ts';
import { issueTokens } from './tokens.ts';
import { checkPhoneNumber, makeUser, saveUser, userByPhone } from './users.ts';

const text = z.string().max(4096).optional();

/** Wants no proof of a device or a person, as the provider does of most projects. */
export const sendVerificationCode = accountsEndpoint(
  'sendVerificationCode',
  z.object({ phoneNumber: text }),
  async (world, { phoneNumber }) => {
    const number = checkPhoneNumber(phoneNumber);
    return { sessionInfo: world.codes.send(number, userByPhone(world, number)?.fixedCode ?? null) };
  },
);

export const signInWithPhoneNumber = accountsEndpoint(
  'signInWithPhoneNumber',
  z.object({ sessionInfo: text, code: text }),
  async (world, { sessionInfo, code }) => {
    if (!sessionInfo) throw new IdentityRefusal('MISSING_SESSION_INFO');
    if (!code) throw new IdentityRefusal('MISSING_CODE');
    const phoneNumber = world.codes.redeem(sessionInfo, code);
    const known = userByPhone(world, phoneNumber);
    if (known?.disabled === true) throw new IdentityRefusal('USER_DISABLED');
    const user = saveUser(world, { ...(known ?? makeUser(world, { phoneNumber })), lastSignInAt: world.nowMs() });
    const isNewUser = known === undefined;
    return { localId: user.uid, phoneNumber, isNewUser, ...(await issueTokens(world, user, 'phone')) };
  },
);
