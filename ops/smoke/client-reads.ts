import { z } from 'zod';
import { listSchema, range, type Scene, today } from './scene.ts';

const cents = z.int();
const count = z.int().min(0);
const dashboardSchema = z.object({
  spending: z.object({ weeklySpendCents: cents, projectionNext7DaysCents: cents }),
  coverage: z.object({ neededWorkersToday: count, filledWorkersToday: count, coverageRate: z.number() }),
  liveActivity: z.object({ lateWorkersToday: count, checkedInWorkersToday: count }),
});
const accountSchema = z.object({ accountId: z.uuid(), accountNumberMasked: z.string().regex(/\d{4}$/) });
const invoiceSchema = z.object({ invoiceId: z.uuid(), status: z.string(), amountCents: cents });
const categorySchema = z.object({ category: z.string(), amountCents: cents, percentage: z.number() });
const coveredSchema = z.object({ shiftId: z.uuid(), workersNeeded: count, roles: z.array(z.unknown()).min(1) });
const statsSchema = z.object({
  needed: count,
  confirmed: count,
  checkedIn: count,
  enRoute: count,
  late: count,
  coveragePercent: z.number(),
});
const hubSchema = z.object({ hubId: z.uuid(), name: z.string(), timeZone: z.string() });
const vendorSchema = z.object({ vendorId: z.uuid(), name: z.string() });
const roleSchema = z.object({ roleId: z.uuid(), code: z.string(), hourlyRateCents: z.int().positive() });
const personSchema = z.object({ userId: z.uuid(), displayName: z.string() });
const orderSchema = z.object({ orderId: z.uuid(), eventName: z.string() });

/** Everything that a client's app shows. */
export const clientReads: Record<string, (scene: Scene) => Promise<void>> = {
  'client dashboard': async scene => {
    const { get } = readsOf(scene);
    await scene.checks.each([() => get('session'), () => get('dashboard', dashboardSchema)]);
  },
  'client billing': async scene => {
    const { get, list } = readsOf(scene);
    await scene.checks.each([
      () => list('billing/accounts', accountSchema),
      () => list('billing/invoices/pending', invoiceSchema, 0),
      () => list('billing/invoices/history', invoiceSchema),
      () => get('billing/current-bill', z.object({ currentBillCents: cents })),
      () => get('billing/savings', z.object({ savingsCents: cents })),
      () => list(`billing/spend-breakdown?${range}`, categorySchema),
    ]);
  },
  'client coverage': async scene => {
    const { get, list } = readsOf(scene);
    await scene.checks.each([
      () => list('coverage', coveredSchema, 0),
      () => list(`coverage?date=${today}`, coveredSchema, 0),
      () => get('coverage/stats', statsSchema),
      () => list('coverage/core-team', z.object({ staffId: z.uuid(), completedShifts: z.int().positive() })),
    ]);
  },
  'client hubs, vendors, managers, team members': async scene => {
    const { list } = readsOf(scene);
    const { items: hubs } = await list('hubs', hubSchema);
    const { items: vendors } = await list('vendors', vendorSchema);
    await scene.checks.each([
      () => list(`hubs/${hubs[0]?.hubId}/managers`, personSchema),
      () => list('cost-centers', z.object({ costCenterId: z.uuid(), code: z.string() })),
      () => list(`vendors/${vendors[0]?.vendorId}/roles`, roleSchema),
      () => list('team-members', personSchema),
    ]);
  },
  'client orders': async scene => {
    const { get, list } = readsOf(scene);
    await list(`orders/view?${range}`, orderSchema);
    const { items } = await list('reorders', orderSchema);
    await get(`orders/${items[0]?.orderId}/reorder-preview`, orderSchema);
  },
  'client reports': async scene => {
    const { get } = readsOf(scene);
    const reports = ['summary', 'spend', 'coverage', 'forecast', 'performance', 'no-show'];
    await scene.checks.each([
      () => get(`reports/daily-ops?date=${today}`, z.object({ date: z.literal(today), hubs: z.array(z.unknown()) })),
      ...reports.map(name => () => get(`reports/${name}?${range}`, z.object({ startDate: z.iso.date() }))),
    ]);
  },
};

function readsOf(scene: Scene) {
  const { token } = scene.session('client');
  const get = async <Shape extends z.ZodType>(path: string, shape?: Shape) =>
    (await scene.checks.call('GET', `/client/${path}`, { token, ...(shape ? { shape } : {}) })).body;
  const list = <Item extends z.ZodType>(path: string, item: Item, atLeast = 1) => get(path, listSchema(item, atLeast));
  return { get, list };
}
