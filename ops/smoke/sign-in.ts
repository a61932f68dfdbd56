import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { sentCode } from '../demo-data/sent-code.ts';
import { envelopeSchema, type Scene } from './scene.ts';

const startedSchema = z.object({ mode: z.literal('IDENTITY_TOOLKIT'), sessionInfo: z.string() });

export async function signInClients(scene: Scene): Promise<void> {
  const { checks, demo } = scene;
  const { email } = demo.workforce.client;
  const { token } = await scene.signIn('client', demo.workforce.client);
  await scene.signIn('reviewer', demo.workforce.reviewer);
  const title = 'POST /auth/client/sign-in  with a wrong password';
  const body = { email, password: 'not the password' };
  await checks.call('POST', '/auth/client/sign-in', { body, status: 401, title });
  await checks.call('GET', '/auth/session', { token });
  await checks.call('GET', '/auth/session', { status: 401, title: 'GET /auth/session  without a token' });
}

/** Somebody of the demo's staff, and somebody who has never been here. */
export async function signInStaff(scene: Scene): Promise<void> {
  const { checks, demo } = scene;
  const { tenantId } = scene.session('client');
  const [known] = demo.workforce.staff;
  if (!known) throw new Error('the demo file names no staff');
  await signInByPhone(scene, 'worker', { phoneNumber: known.phoneNumber, code: async () => known.code });
  await checks.call('GET', '/staff/session', { token: scene.session('worker').token });

  const phoneNumber = `+1555${randomInt(1_000_000, 9_999_999)}`;
  await signInByPhone(scene, 'newcomer', { phoneNumber, code: () => sentCode(demo.identity, phoneNumber), tenantId });
  const newcomer = scene.session('newcomer');
  const { token } = newcomer;
  const profile = {
    fullName: 'Nora Lindqvist',
    phone: phoneNumber,
    preferredLocations: ['Downtown'],
    industries: ['Hospitality'],
    skills: ['Server'],
  };
  const setUp = { token, body: profile, status: 201, shape: z.object({ staffId: z.uuid() }) };
  newcomer.staffId = (await checks.call('POST', '/staff/profile/setup', setUp)).body.staffId;
}

async function signInByPhone(
  scene: Scene,
  who: 'worker' | 'newcomer',
  { phoneNumber, code, tenantId }: { phoneNumber: string; code: () => Promise<string>; tenantId?: string },
): Promise<void> {
  const { checks } = scene;
  const started = await checks.call('POST', '/auth/staff/phone/start', {
    body: { phoneNumber },
    shape: startedSchema,
    title: `POST /auth/staff/phone/start  as ${who}`,
  });
  const body = { sessionInfo: started.body.sessionInfo, code: await code(), ...(tenantId ? { tenantId } : {}) };
  const title = `POST /auth/staff/phone/verify  as ${who}`;
  const verified = await checks.call('POST', '/auth/staff/phone/verify', { body, shape: envelopeSchema, title });
  scene.keep(who, verified.body);
}
