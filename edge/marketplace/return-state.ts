import { z } from 'zod';
import { type SigningConfig, signingKeys, signToken, verifyToken } from './signed-token.ts';

// A person may take a while over the provider's questions.
const lifetimeS = 24 * 3_600;

/** Names the seller who comes back from the provider's pages, where no bearer token can be sent along. It lets its holder look, no more. */
export function signReturnState(config: SigningConfig, userId: string): Promise<string> {
  const exp = Math.floor(Date.now() / 1_000) + lifetimeS;
  return signToken(signingKeys(config)[0]!, 'return', { sub: userId, exp });
}

/** The seller's user id. Throws `Fault('unauthenticated')`. */
export async function readReturnState(config: SigningConfig, state: string): Promise<string> {
  return (await verifyToken(config, 'return', state, z.object({ sub: z.uuid(), exp: z.number() }))).sub;
}
