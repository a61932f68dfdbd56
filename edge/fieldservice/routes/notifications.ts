import { z } from 'zod';
import {
  channels,
  listNotifications,
  notificationStatuses,
  type NotificationRow,
} from '../../../db/fieldservice/notifications.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { anyMember, memberActor } from '../actor.ts';

const maxIds = 100;
const id = z.guid().transform(text => text.toLowerCase());
const notificationSchema = z.object({
  id: z.uuid(),
  channel: z.enum(channels),
  status: z.enum(notificationStatuses),
  providerMessageId: z.string().nullable().describe("Twilio's SID, a mail's Message-ID"),
  error: z.string().nullable().describe('Why it failed'),
  updatedAt: z.iso.datetime(),
});
const shared = { method: 'GET', roles: anyMember, idempotency: 'none' } as const;

const list = defineRoute({
  ...shared,
  path: '/v1/notifications',
  summary: 'What became of messages that were sent',
  description:
    'By the ids that sending answered, up to 100, in their order. `queued`, then `sent` once the provider has it, then `delivered` or `failed`; a mail stays `sent`. An id that the tenant has sent no message under is left out, as are all for an employee.',
  query: z.object({
    ids: z
      .string()
      .transform(text => text.split(','))
      .pipe(z.array(id).max(maxIds))
      .transform(ids => [...new Set(ids)])
      .describe('Separated by commas'),
  }),
  response: { 200: z.object({ notifications: z.array(notificationSchema) }) },
  async handler(request) {
    return { status: 200, body: { notifications: await readOwn(request, request.query.ids) } };
  },
});

const get = defineRoute({
  ...shared,
  path: '/v1/notifications/:id',
  summary: 'What became of a message that was sent',
  faults: ['not_found'],
  params: z.object({ id }),
  response: { 200: notificationSchema },
  async handler(request) {
    const [found] = await readOwn(request, [request.params.id]);
    if (!found) throw new Fault('not_found', 'There is no such notification.');
    return { status: 200, body: found };
  },
});

/** Of the tenant's sends. Whoever may not see the invoices may not see these. */
async function readOwn({ actor, db }: RouteRequest, ids: readonly string[]) {
  const { tenant, role } = memberActor(actor);
  const rows = role === 'manager' ? await listNotifications(db, tenant, ids) : [];
  const byId = new Map(rows.map(row => [row.id, row]));
  return ids.flatMap(one => byId.get(one) ?? []).map(viewNotification);
}

function viewNotification({ id: own, channel, status, providerMessageId, error, updatedAt }: NotificationRow) {
  return { id: own, channel, status, providerMessageId, error, updatedAt: updatedAt.toISOString() };
}

export const notificationRoutes: readonly Route[] = [list, get];
