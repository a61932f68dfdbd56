import { z } from 'zod';
import { joinAsStaff } from '../../../db/workforce/sign-up.ts';
import { Fault } from '../../../shared/fault.ts';
import { IdentityFailure } from '../../../shared/ports/identity.ts';
import { LoginThrottle } from '../../../shared/login-throttle.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { checkSignedIn, findActor, verifyToken } from '../authenticate.ts';
import { identityFault } from '../identity-fault.ts';
import { providerCall } from '../provider-call.ts';
import {
  envelopeSchema,
  type SessionContext,
  type SessionTokens,
  tokensOf,
  viewContext,
  viewStranger,
} from '../session-view.ts';

const phoneNumberSchema = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164, as in +15550100');
const tokenSchema = z.string().min(1).max(4_096);

const verifyBody = z
  .strictObject({
    idToken: tokenSchema.optional().describe('Where the device did both steps: mode `CLIENT_SDK`'),
    sessionInfo: tokenSchema.optional(),
    code: z.string().min(1).max(20).optional(),
    tenantId: z.uuid().optional().describe('Whose staff to join'),
  })
  .refine(
    ({ idToken, sessionInfo, code }) =>
      idToken === undefined
        ? sessionInfo !== undefined && code !== undefined
        : sessionInfo === undefined && code === undefined,
    'takes an idToken, or sessionInfo and code',
  );
type VerifyBody = z.output<typeof verifyBody>;

const start = (throttle: LoginThrottle): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/staff/phone/start',
    summary: 'Have a code sent to a phone',
    description:
      'In mode `CLIENT_SDK` the identity provider wants to see the device: then its client library does both steps.',
    roles: 'public',
    idempotency: 'none',
    body: z.strictObject({ phoneNumber: phoneNumberSchema }),
    response: {
      200: z.strictObject({ mode: z.enum(['CLIENT_SDK', 'IDENTITY_TOOLKIT']), sessionInfo: z.string().optional() }),
    },
    async handler(request) {
      const { body, ip, edge } = request;
      await throttle.count(body.phoneNumber, ip);
      try {
        const { sessionInfo } = await edge.ports.identity.startPhone({ ...body, ...providerCall(request) });
        return { status: 200, body: { mode: 'IDENTITY_TOOLKIT', sessionInfo } };
      } catch (error) {
        if (error instanceof IdentityFailure && error.outcome === 'needs_device')
          return { status: 200, body: { mode: 'CLIENT_SDK' } };
        throw identityFault(error);
      }
    },
  });

const verify = (throttle: LoginThrottle): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/staff/phone/verify',
    summary: 'Sign in with a phone',
    description:
      'By the ID token that the device got, or by `sessionInfo` and the code. The first time makes an account: on the staff of the tenant that `tenantId` names, or, for who belongs to none, of the oldest.',
    roles: 'public',
    idempotency: 'none',
    faults: ['unauthenticated', 'not_found'],
    body: verifyBody,
    response: { 200: envelopeSchema },
    async handler(request) {
      const { body } = request;
      const { tokens, authTime, ...identity } = await signedIn(request, throttle);
      const context = await request.transact(async (tx): Promise<SessionContext> => {
        const user = await joinAsStaff(tx, identity, body.tenantId ?? null);
        const found = await findActor(tx, identity.identityUid, body.tenantId ?? null);
        if (!found && body.tenantId !== undefined)
          throw new Fault('not_found', 'There is no such tenant.', { reason: 'TENANT_NOT_FOUND' });
        if (found && authTime) checkSignedIn(authTime, found.signedOutAt);
        return found ? viewContext(found.actor) : viewStranger(user);
      });
      return { status: 200, body: { ...tokens, ...context } };
    },
  });

interface SignedIn {
  tokens: SessionTokens;
  /** Null: just now. */
  authTime: Date | null;
  identityUid: string;
  email: string | null;
  phone: string | null;
  displayName: string;
}

async function signedIn(
  request: RouteRequest<unknown, unknown, VerifyBody>,
  throttle: LoginThrottle,
): Promise<SignedIn> {
  const {
    body: { idToken, sessionInfo = '', code = '' },
    ip,
    edge,
  } = request;
  if (idToken !== undefined) {
    const { uid: identityUid, authTime, expiresAt, ...known } = await verifyToken(idToken, edge);
    if (known.phone === null)
      throw new Fault('unauthenticated', 'This token is not of a sign-in with a phone.', { reason: 'PHONE_REQUIRED' });
    const expiresInSeconds = Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1_000));
    return { ...known, identityUid, authTime, tokens: { sessionToken: idToken, refreshToken: null, expiresInSeconds } };
  }
  await throttle.count(sessionInfo, ip);
  try {
    const account = await edge.ports.identity.verifyPhone({ sessionInfo, code, ...providerCall(request) });
    await throttle.forgive(sessionInfo, ip);
    const { uid: identityUid, email, phone, displayName } = account;
    return { identityUid, email, phone, displayName, authTime: null, tokens: tokensOf(account) };
  } catch (error) {
    throw identityFault(error, 'The code is wrong or no longer good.');
  }
}

/** A code is one SMS, and a session takes a few guesses: far fewer than codes there are. A whole site's staff may share one address. */
export function phoneRoutes(): Route[] {
  const limits = { perAccount: 10, perAddress: 600 };
  return [start(new LoginThrottle(limits)), verify(new LoginThrottle(limits))];
}
