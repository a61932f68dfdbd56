import { z } from 'zod';
import { acceptInvite } from '../../../db/fieldservice/accept-invite.ts';
import { createInvite } from '../../../db/fieldservice/invites.ts';
import { memberRoles } from '../../../db/fieldservice/memberships.ts';
import { addInviteNotification } from '../../../db/fieldservice/notifications.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { notification } from '../../../shared/jobs/notification.ts';
import { defineRoute, type Route } from '../../route.ts';
import { fieldActor, managers, memberOf } from '../actor.ts';

const invite = defineRoute({
  method: 'POST',
  path: '/v1/tenants/:id/invite',
  summary: 'Invite somebody to a tenant',
  description:
    'They get a mail with a token that is good for seven days, once, and for them alone. Another invite of the same address takes its place.',
  roles: managers,
  params: z.object({ id: z.guid() }),
  body: z.object({
    email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
    role: z.enum(memberRoles),
    employeeId: z.guid().nullish().describe('The employee record that they are'),
  }),
  response: { 200: z.object({ inviteId: z.uuid(), status: z.literal('sent') }) },
  idempotency: 'honoured',
  limitPerMinute: 20,
  async handler({ actor, transact, params, body, edge, requestId, traceparent }) {
    const { tenant: tenantId, id: invitedBy, owner } = memberOf(actor, params.id);
    const { email, role, employeeId = null } = body;
    const inviteId = await transact(async tx => {
      const made = await createInvite(tx, { tenantId, email, role, employeeId, invitedBy }, edge.config.encryptionKey);
      const subject = `You are invited to ${made.tenantName}`;
      const mail = { tenantId, inviteId: made.id, recipient: email, subject };
      const notificationId = await addInviteNotification(tx, mail);
      const order = { owner, tenant: tenantId, requestId, trace: traceparent };
      await insertJob(tx, notification, { area: 'fieldservice', notificationId }, order);
      return made.id;
    });
    return { status: 200, body: { inviteId, status: 'sent' } };
  },
});

const accept = defineRoute({
  method: 'POST',
  path: '/v1/invites/:token/accept',
  faults: ['gone'],
  summary: 'Accept an invite',
  description:
    'Only whoever has the invited address, as their session token says, and only once. A member may become a manager by it, or another employee on record; a manager never becomes an employee. Codes: `INVITE_EMAIL_MISMATCH`, `EMAIL_UNKNOWN` (403), `INVITE_USED`, `ALREADY_MANAGER` (409), `INVITE_EXPIRED`, `INVITE_SUPERSEDED` (410).',
  roles: 'any',
  params: z.object({ token: z.string() }),
  response: { 200: z.object({ tenantId: z.uuid(), role: z.enum(memberRoles) }) },
  idempotency: 'honoured',
  limitPerMinute: 20,
  async handler({ actor, transact, params: { token } }) {
    const { id, email } = fieldActor(actor);
    return { status: 200, body: await transact(tx => acceptInvite(tx, token, { id, email })) };
  },
});

export const inviteRoutes: readonly Route[] = [invite, accept];
