import { z } from 'zod';
import { addDays } from '../../shared/warranty.ts';
import { type Scene, today } from './scene.ts';

const formSchema = z.object({ formType: z.string(), status: z.string(), nationalIdMasked: z.string().nullable() });
const accountSchema = z.object({ accountId: z.uuid(), accountNumberMasked: z.string() });

/** A newcomer fills in their profile: what is secret is answered masked. */
export async function writeProfile(scene: Scene): Promise<void> {
  const { checks } = scene;
  const { token } = scene.session('newcomer');
  const put = (path: string, body: object) => checks.call('PUT', `/staff/${path}`, { token, body });
  const slots = [{ start: '08:00', end: '12:00' }];
  const week = { startDate: today, endDate: addDays(today, 6) };
  await checks.each([
    () => put('availability', { date: addDays(today, 1), status: 'PARTIAL', slots }),
    () => checks.call('POST', '/staff/availability/quick-set', { token, body: { quickSetType: 'weekdays', ...week } }),
    () => put('profile/personal-info', { address: '2 Pier Street', dateOfBirth: '1990-05-17' }),
    () => put('profile/skills', { skills: ['Server', 'Bartender'] }),
    () => put('profile/industries', { industries: ['Hospitality', 'Events'] }),
    () => put('profile/locations', { preferredLocations: ['Downtown', 'Harbor'] }),
    () => put('profile/privacy', { shareLocation: false }),
  ]);
  const contact = { fullName: 'Ada Lindqvist', phone: '+12025550191', relationship: 'Mother' };
  await checks.call('POST', '/staff/profile/emergency-contacts', { token, body: contact, status: 201 });

  const form = { fields: { filingStatus: 'single' }, nationalId: '900-12-3456' };
  const w4 = '/staff/profile/tax-forms/W4';
  const filled = await checks.call('PUT', w4, { token, body: form, shape: formSchema });
  const isHidden = filled.body.nationalIdMasked?.endsWith('3456') && !JSON.stringify(filled.body).includes('90012');
  checks.must(isHidden === true, 'the national id must be masked', filled.body);
  const submitted = await checks.call('POST', `${w4}/submit`, { token, shape: formSchema });
  checks.must(submitted.body.status === 'SUBMITTED', 'the form must be submitted', submitted.body);

  const bank = {
    bankName: 'Pier Savings',
    accountNumber: '000987654321',
    routingNumber: '021000021',
    accountType: 'checking',
  };
  const account = { token, body: { ...bank, isPrimary: true }, status: 201, shape: accountSchema };
  const added = await checks.call('POST', '/staff/profile/bank-accounts', account);
  checks.must(!JSON.stringify(added.body).includes('98765'), 'the account number must be masked', added.body);
}
