import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { callApi } from './api.ts';
import type { Login } from './demo-file.ts';

const signedInSchema = z.object({ access_token: z.string(), user: z.object({ id: z.uuid() }) });
const onboardingSchema = z.object({ onboarding_url: z.url() });

/** Someone who is signed in. */
export interface Person extends Login {
  id: string;
  token: string;
}

export function makePassword(): string {
  return randomBytes(15).toString('base64url');
}

export async function signIn(edge: string, { email, password }: Login): Promise<Person> {
  const { data } = await callApi('POST', `${edge}/api/v1/auth/login`, { body: { email, password } });
  const { access_token: token, user } = signedInSchema.parse(data);
  return { email, password, token, id: user.id };
}

/** Registers an account, or signs in to it where an earlier, interrupted start has made it. */
export async function register(edge: string, username: string, login: Login): Promise<Person> {
  const body = { username, ...login };
  const { status, data } = await callApi('POST', `${edge}/api/v1/auth/register`, { body }, [201, 409]);
  if (status === 409) return signIn(edge, login);
  const { access_token: token, user } = signedInSchema.parse(data);
  return { ...login, token, id: user.id };
}

/** Goes through the provider's onboarding as the sandbox has it: visiting the link is all there is to it. */
export async function onboard(edge: string, seller: Person): Promise<void> {
  const { data } = await callApi('POST', `${edge}/api/v1/sell/connect/onboard`, { token: seller.token });
  const visited = await callApi('GET', onboardingSchema.parse(data).onboarding_url, {}, [302]);
  // The page that it leads back to may be known under a public address; it is this edge's.
  const { pathname, search } = new URL(visited.headers.get('location') ?? '', edge);
  await callApi('GET', `${edge}${pathname}${search}`);
}
