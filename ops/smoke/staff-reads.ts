import { z } from 'zod';
import { listSchema, range, type Scene } from './scene.ts';

const cents = z.int();
const count = z.int().min(0);
const dashboardSchema = z.object({
  todaysShifts: z.array(z.unknown()),
  tomorrowsShifts: z.array(z.unknown()),
  recommendedShifts: z.array(z.unknown()),
  benefits: z.array(z.unknown()).min(1),
});
const summarySchema = z.object({ totalEarningsCents: z.int().positive(), paidCents: cents, pendingCents: cents });
const shiftSchema = z.object({ shiftId: z.uuid(), roleId: z.uuid(), roleName: z.string() });
const paperSchema = z.object({ status: z.string(), fileUri: z.string().nullable() });
const timeCardSchema = z.object({ timeCardId: z.uuid(), minutesWorked: count, payCents: cents });

/** Everything that a worker's app shows: to somebody with weeks of work behind them. */
export const staffReads: Record<string, (scene: Scene) => Promise<void>> = {
  'staff dashboard, availability': async scene => {
    const { get, list } = readsOf(scene);
    await scene.checks.each([
      () => get('dashboard', dashboardSchema),
      () => get('profile-completion', z.object({ percent: count, missing: z.array(z.string()) })),
      () => list(`availability?${range}`, z.object({ date: z.iso.date(), status: z.string() }), 0),
      () => list('notifications', z.object({ notificationId: z.uuid(), title: z.string() }), 0),
    ]);
  },
  'staff payments': async scene => {
    const { get, list } = readsOf(scene);
    await scene.checks.each([
      () => get(`payments/summary?${range}`, summarySchema),
      () => list(`payments/history?${range}`, z.object({ paymentId: z.uuid(), amountCents: cents })),
      () => list(`payments/chart?${range}&bucket=week`, z.object({ startsOn: z.iso.date(), amountCents: cents })),
    ]);
  },
  'staff shifts': async scene => {
    const { get, list } = readsOf(scene);
    await scene.checks.each([
      ...['assigned', 'pending', 'cancelled'].map(name => () => list(`shifts/${name}`, shiftSchema, 0)),
      () => list('shifts/completed', shiftSchema),
      () => list('clock-in/shifts/today', shiftSchema, 0),
      () => get('clock-in/status', z.object({ clockedIn: z.boolean() })),
    ]);
    const { items } = await list('shifts/open', shiftSchema);
    await get(`shifts/${items[0]?.shiftId}`, z.object({ shiftId: z.uuid(), roles: z.array(shiftSchema).min(1) }));
  },
  'staff profile sections, benefits, time card': async scene => {
    const { get, list } = readsOf(scene);
    await scene.checks.each([
      () => list('profile/sections', z.object({ section: z.string(), complete: z.boolean() })),
      () => get('profile/personal-info', z.object({ staffId: z.uuid(), fullName: z.string() })),
      ...['industries', 'skills'].map(name => () => list(`profile/${name}`, z.string())),
      () => get('profile/privacy', z.object({ profileVisible: z.boolean() })),
      () => list('profile/emergency-contacts', z.object({ contactId: z.uuid(), fullName: z.string() })),
      () => list('profile/benefits', z.object({ code: z.string(), remainingHours: z.int() })),
      () => list(`profile/time-card?${range}`, timeCardSchema),
    ]);
  },
  'staff documents, certificates, attire, tax forms, bank accounts': async scene => {
    const { list } = readsOf(scene);
    const masked = z.string().regex(/^[^\d]*\d{4}$/, 'must show the last four digits only');
    await scene.checks.each([
      ...['documents', 'attire', 'certificates'].map(name => () => list(`profile/${name}`, paperSchema)),
      () => list('profile/tax-forms', z.object({ formType: z.enum(['I9', 'W4']), status: z.string() })),
      () => list('profile/bank-accounts', z.object({ accountId: z.uuid(), accountNumberMasked: masked })),
    ]);
  },
};

function readsOf(scene: Scene) {
  const { token } = scene.session('worker');
  const get = async <Shape extends z.ZodType>(path: string, shape: Shape) =>
    (await scene.checks.call('GET', `/staff/${path}`, { token, shape })).body;
  const list = <Item extends z.ZodType>(path: string, item: Item, atLeast = 1) => get(path, listSchema(item, atLeast));
  return { get, list };
}
