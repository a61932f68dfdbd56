import { z } from 'zod';
import { type Endpoint, readBody } from './endpoint.ts';
import { IdentityRefusal } from './refusal.ts';
import { readRefreshToken, renewTokens } from './tokens.ts';

const text = z.string().max(4096).optional();
const grantSchema = z.object({ grant_type: text, refresh_token: text });

/** The Secure Token API, by which clients get the next ID token. The refresh token stays the same. */
export const token: Endpoint = {
  name: 'token',
  method: 'POST',
  path: '/v1/token',
  run: async (world, body) => {
    const { grant_type, refresh_token } = readBody(grantSchema, body);
    if (!grant_type) throw new IdentityRefusal('MISSING_GRANT_TYPE');
    if (grant_type !== 'refresh_token') throw new IdentityRefusal('INVALID_GRANT_TYPE');
    if (!refresh_token) throw new IdentityRefusal('MISSING_REFRESH_TOKEN');
    const { user, signIn } = readRefreshToken(world, refresh_token);
    const { idToken, refreshToken, expiresIn } = await renewTokens(world, user, signIn);
    return {
      access_token: idToken,
      expires_in: expiresIn,
      token_type: 'Bearer',
      refresh_token: refreshToken,
      id_token: idToken,
      user_id: user.uid,
      project_id: world.projectId,
    };
  },
};

/** Where the provider publishes the keys of its ID tokens; no API key is asked for. */
export const keys: Endpoint = {
  name: 'keys',
  method: 'GET',
  path: '/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  run: async world => world.keys.published(),
};
