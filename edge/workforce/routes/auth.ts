import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { signUpClient } from '../../../db/workforce/sign-up.ts';
import { Fault } from '../../../shared/fault.ts';
import { type IdentityAccount, IdentityFailure, type IdentityPort } from '../../../shared/ports/identity.ts';
import { LoginThrottle } from '../../../shared/login-throttle.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { findActor, noMembership, wantedTenant } from '../authenticate.ts';
import { identityFault } from '../identity-fault.ts';
import { providerCall } from '../provider-call.ts';
import { envelopeSchema, tokensOf, viewContext } from '../session-view.ts';
import { phoneRoutes } from './auth-phone.ts';

const emailSchema = z.email().max(254);
const wrongPassword = 'The e-mail address or the password is wrong.';

const signIn = (throttle: LoginThrottle): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/client/sign-in',
    summary: 'Sign in with a password',
    description:
      'Throttled per account and per address. Who belongs to several tenants may name one in `X-Tenant-Id`; else it is the one that they joined first.',
    roles: 'public',
    idempotency: 'none',
    faults: ['unauthenticated', 'forbidden'],
    body: z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(200) }),
    response: { 200: envelopeSchema },
    async handler(request) {
      const { body, ip, edge } = request;
      await throttle.count(body.email, ip);
      const account = await passwordAccount(edge.ports.identity, { ...body, ...providerCall(request) });
      await throttle.forgive(body.email, ip);
      return { status: 200, body: await envelopeOf(request, account) };
    },
  });

const signUp = (throttle: LoginThrottle): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/client/sign-up',
    summary: "Make a client's account",
    description:
      'The company becomes a tenant of its own with one business, and who signs up its owner. Who has an identity but no account here, as a sign-up that broke off leaves it, gets one for the right password.',
    roles: 'public',
    idempotency: 'none',
    // Each makes an account at the identity provider.
    limitPerMinute: 60,
    faults: ['conflict'],
    body: z.strictObject({
      companyName: z.string().trim().min(1).max(200),
      email: emailSchema,
      password: z.string().min(8).max(200),
      displayName: z.string().trim().max(200).default(''),
    }),
    response: { 201: envelopeSchema },
    async handler(request) {
      const {
        body: { companyName, ...identity },
        ip,
        edge,
      } = request;
      // Adopting an identity takes its password, which may be guessed at here too.
      await throttle.count(identity.email, ip);
      const account = await newOrLeftAccount(edge.ports.identity, { ...identity, ...providerCall(request) });
      const { uid: identityUid, email, phone } = account;
      const displayName = account.displayName || identity.displayName;
      const client = { identityUid, email, phone, displayName, companyName };
      if (!(await request.transact(tx => signUpClient(tx, client)))) throw emailTaken();
      await throttle.forgive(identity.email, ip);
      // Its own tenant, whatever header was sent.
      return { status: 201, body: await envelopeOf({ db: request.db, headers: {} }, account) };
    },
  });

async function passwordAccount(
  identity: IdentityPort,
  request: Parameters<IdentityPort['signIn']>[0],
): Promise<IdentityAccount> {
  try {
    return await identity.signIn(request);
  } catch (error) {
    throw identityFault(error, wrongPassword);
  }
}

/** A new identity, or the one that has this address if the password is right. */
async function newOrLeftAccount(
  identity: IdentityPort,
  { displayName, ...request }: Parameters<IdentityPort['signUp']>[0],
): Promise<IdentityAccount> {
  try {
    return await identity.signUp({ displayName, ...request });
  } catch (error) {
    if (!isFailure(error, 'taken')) throw identityFault(error);
  }
  try {
    return await identity.signIn(request);
  } catch (error) {
    throw isFailure(error, 'credentials') ? emailTaken() : identityFault(error, wrongPassword);
  }
}

function isFailure(error: unknown, outcome: IdentityFailure['outcome']): boolean {
  return error instanceof IdentityFailure && error.outcome === outcome;
}

function emailTaken(): Fault {
  return new Fault('conflict', 'There is an account with this e-mail address already.', { reason: 'EMAIL_TAKEN' });
}

/** Throws `Fault('forbidden')` for somebody who belongs nowhere. */
async function envelopeOf(
  { db, headers }: Pick<RouteRequest, 'db'> & { headers: IncomingHttpHeaders },
  account: IdentityAccount,
): Promise<z.output<typeof envelopeSchema>> {
  const found = await findActor(db, account.uid, wantedTenant(headers));
  if (!found) throw noMembership();
  return { ...tokensOf(account), ...viewContext(found.actor) };
}

/** With throttles of their own. */
export function authRoutes(throttle: LoginThrottle = new LoginThrottle()): Route[] {
  return [signIn(throttle), signUp(throttle), ...phoneRoutes()];
}
