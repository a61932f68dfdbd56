import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { addDays } from '../../shared/warranty.ts';
import { findRole, listSchema, type Scene, today } from './scene.ts';

const hubSchema = z.object({ hubId: z.uuid(), name: z.string(), nfcTagId: z.string().nullable() });
const placedSchema = z.object({ orderId: z.uuid(), orderNumber: z.string(), shiftIds: z.array(z.uuid()).min(1) });
const orderSchema = z.object({ orderId: z.uuid(), eventName: z.string(), status: z.string() });
const invoiceSchema = z.object({ invoiceId: z.uuid(), status: z.string() });

/** A hub is made, changed, used, and, once nothing is ordered for it any more, deleted; orders of each kind. */
export async function writeHubsAndOrders(scene: Scene): Promise<void> {
  const { checks } = scene;
  const { token, userId } = scene.session('client');
  const place = {
    name: 'Smoke hall',
    timeZone: 'America/Chicago',
    address: '1 Test Street',
    latitude: 41.88,
    longitude: -87.62,
  };
  const made = await checks.call('POST', '/client/hubs', { token, body: place, status: 201, shape: hubSchema });
  const hub = `/client/hubs/${made.body.hubId}`;
  const changed = await checks.call('PUT', hub, { token, body: { name: 'Smoke hall, east wing' }, shape: hubSchema });
  checks.must(changed.body.name === 'Smoke hall, east wing', 'the hub must have its new name', changed.body);
  await checks.call('POST', `${hub}/assign-nfc`, {
    token,
    body: { nfcTagId: `smoke-${randomUUID()}` },
    shape: hubSchema,
  });
  await checks.call('POST', `${hub}/managers`, { token, body: { userId }, status: 201 });

  const orderIds = await placeOrders(scene, made.body.hubId);
  await checks.call('DELETE', hub, { token, status: 409 });
  for (const orderId of orderIds) {
    const body = { reason: 'The smoke test is over.' };
    const { body: cancelled } = await checks.call('POST', `/client/orders/${orderId}/cancel`, {
      token,
      body,
      shape: orderSchema,
    });
    checks.must(cancelled.status === 'CANCELLED', 'the order must be cancelled', cancelled);
  }
  await checks.call('DELETE', hub, { token });
}

/** One of each kind, the first of them edited. Answers their ids. */
async function placeOrders(scene: Scene, hubId: string): Promise<string[]> {
  const { checks } = scene;
  const { token } = scene.session('client');
  const roleId = await findRole(scene);
  const position = { roleId, workersNeeded: 2, startTime: '09:00', endTime: '17:00', lunchBreakMinutes: 30 };
  const order = { hubId, eventName: 'Smoke test', positions: [position] };
  const [day, lastDay] = [addDays(today, 3), addDays(today, 16)];
  const key = randomUUID();
  const once = { token, key, body: { ...order, orderDate: day }, status: 201, shape: placedSchema };
  const placed = await checks.call('POST', '/client/orders/one-time', once);
  const title = 'POST /client/orders/one-time  with the same key';
  const repeated = await checks.call('POST', '/client/orders/one-time', { ...once, title });
  checks.must(repeated.body.orderId === placed.body.orderId, 'a repeat must answer the same order', repeated.body);
  const keyless = {
    ...once,
    key: null,
    status: 400,
    shape: z.object({}),
    title: 'POST /client/orders/one-time  without a key',
  };
  await checks.call('POST', '/client/orders/one-time', keyless);
  await checks.call('POST', '/client/orders/one-time', {
    token,
    body: { ...order, orderDate: day, eventname: 'misspelt' },
    status: 400,
    title: 'POST /client/orders/one-time  with an unknown field',
  });
  const recurring = { ...order, startDate: day, endDate: lastDay, recurrenceDays: [1, 2, 3, 4, 5, 6, 7] };
  const permanent = { ...order, startDate: day, daysOfWeek: [1, 3, 5], horizonDays: 14 };
  const more = { token, status: 201, shape: placedSchema };
  const second = await checks.call('POST', '/client/orders/recurring', { ...more, body: recurring });
  checks.must(second.body.shiftIds.length === 14, 'two weeks must have fourteen shifts', second.body);
  const third = await checks.call('POST', '/client/orders/permanent', { ...more, body: permanent });
  const edited = await checks.call('POST', `/client/orders/${placed.body.orderId}/edit`, {
    token,
    body: { eventName: 'Smoke test, edited', positions: [{ roleId, workersNeeded: 3 }] },
    shape: orderSchema,
  });
  checks.must(edited.body.eventName === 'Smoke test, edited', 'the order must have its new name', edited.body);
  return [placed, second, third].map(({ body }) => body.orderId);
}

/** Open invoices are approved and disputed; where none is left, what is settled must refuse both. */
export async function writeInvoices(scene: Scene): Promise<void> {
  const { checks } = scene;
  const { token } = scene.session('client');
  const list = { token, shape: listSchema(invoiceSchema) };
  const { items: unsettled } = (await checks.call('GET', '/client/billing/invoices/pending', list)).body;
  const { items: history } = (await checks.call('GET', '/client/billing/invoices/history', list)).body;
  const open = unsettled.filter(invoice => invoice.status === 'PENDING');
  const disputed = unsettled.find(invoice => invoice.status === 'DISPUTED');
  const settled = history.find(invoice => invoice.status !== 'PENDING' && invoice.status !== 'DISPUTED');
  const decide = async (verb: 'approve' | 'dispute', invoiceId: string | undefined, to: 'APPROVED' | 'DISPUTED') => {
    const body = verb === 'dispute' ? { body: { reason: 'More hours than were worked.' } } : {};
    const path = (id: string | undefined) => `/client/billing/invoices/${id}/${verb}`;
    if (invoiceId === undefined) {
      const title = `POST ${path(':id')}  of a settled one; "npm run seed:v2-demo" brings open ones`;
      await checks.call('POST', path(settled?.invoiceId), { token, ...body, status: 409, title });
      return;
    }
    const { body: decided } = await checks.call('POST', path(invoiceId), { token, ...body, shape: invoiceSchema });
    checks.must(decided.status === to, `the invoice must be ${to}`, decided);
    await checks.call('POST', path(invoiceId), {
      token,
      ...body,
      status: 409,
      title: `POST ${path(':id')}  once more`,
    });
  };
  await decide('dispute', open[0]?.invoiceId, 'DISPUTED');
  await decide('approve', open[1]?.invoiceId ?? disputed?.invoiceId, 'APPROVED');
  const any = (open[0] ?? disputed ?? settled)?.invoiceId;
  const pdf = await checks.call('GET', `/client/billing/invoices/${any}/pdf`, { token, status: [200, 202] });
  const isPdf = pdf.bytes.subarray(0, 5).toString() === '%PDF-';
  checks.must(pdf.status === 202 || isPdf, 'the invoice must be a PDF', pdf.bytes.subarray(0, 20).toString());
}
