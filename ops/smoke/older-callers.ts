import { z } from 'zod';
import type { Scene } from './scene.ts';

/** The routes that backends call still answer, and say what has taken their place. */
export async function callOlderRoutes(scene: Scene): Promise<void> {
  const { checks } = scene;
  const { token, tenantId, businessId } = scene.session('client');
  const { staffId } = scene.session('newcomer');
  const tenant = `/query/tenants/${tenantId}`;
  const orders = await checks.call('GET', `${tenant}/orders`, {
    token,
    shape: z.object({ items: z.array(z.unknown()) }),
  });
  const isDeprecated = orders.headers.has('deprecation') && orders.headers.has('link');
  checks.must(isDeprecated, 'it must say that it is deprecated, and for what', [...orders.headers.keys()]);
  const favorites = `/commands/businesses/${businessId}/favorite-staff`;
  await checks.call('POST', favorites, { token, body: { staffId }, status: 201 });
  await checks.call('GET', `${tenant}/businesses/${businessId}/favorite-staff`, { token });
  await checks.call('DELETE', `${favorites}/${staffId}`, { token });
  await checks.call('GET', `${tenant}/staff/${staffId}/review-summary`, { token });
}

/** A token that was signed out is refused from then on, and a new sign-in takes. */
export async function signOut(scene: Scene): Promise<void> {
  const { checks, demo } = scene;
  const out = async (path: string, token: string) => {
    await checks.call('POST', path, { token, shape: z.object({ signedOut: z.literal(true) }) });
    await checks.call('GET', '/auth/session', {
      token,
      status: 401,
      title: 'GET /auth/session  with a token from before',
    });
  };
  await out('/auth/staff/sign-out', scene.session('newcomer').token);
  await out('/auth/client/sign-out', scene.session('client').token);
  const { token } = await scene.signIn('client', demo.workforce.client);
  await checks.call('GET', '/client/session', { token });
}
