import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { signOutUser } from '../../../db/workforce/users.ts';
import { defineRoute, type Route } from '../../route.ts';
import { workforceActor } from '../actor.ts';
import { contextSchema, viewContext } from '../session-view.ts';

const session = (path: string, roles: 'any' | readonly string[], summary: string): Route =>
  defineRoute({
    method: 'GET',
    path,
    summary,
    roles,
    idempotency: 'none',
    response: { 200: contextSchema },
    handler: ({ actor }) => Promise.resolve({ status: 200, body: viewContext(workforceActor(actor)) }),
  });

const signOut = (path: string): Route =>
  defineRoute({
    method: 'POST',
    path,
    summary: 'Sign out',
    description: 'Everywhere: tokens of every earlier sign-in are refused from then on, refreshed ones too.',
    roles: 'any',
    idempotency: 'required',
    idempotencyRecord: 'lease',
    body: z.strictObject({}).optional(),
    response: { 200: z.strictObject({ signedOut: z.literal(true) }) },
    async handler({ actor, db }) {
      const signedOutAt = await signOutUser(db, workforceActor(actor).id);
      // A sign-in in the same second could not be told from the earlier ones by its token: it is to come later than this answer.
      await wait(1_000 - (signedOutAt.getTime() % 1_000));
      return { status: 200, body: { signedOut: true } };
    },
  });

export const sessionRoutes: readonly Route[] = [
  session('/auth/session', 'any', 'Who is signed in, and where'),
  session('/staff/session', ['workforce:staff'], 'The worker who is signed in'),
  ...['/auth/sign-out', '/auth/client/sign-out', '/auth/staff/sign-out'].map(signOut),
];
