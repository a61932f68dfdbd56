import { z } from 'zod';
import type { JsonSchema } from '../openapi/document.ts';
import { type Surface, usualStatus } from '../surface.ts';
import { fieldActor, tenantFault } from './actor.ts';
import { authenticateFieldservice } from './authenticate.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { inviteRoutes } from './routes/invites.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { logRoutes } from './routes/logs.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { syncRoutes } from './routes/sync.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { twilioWebhookRoutes } from './routes/twilio-webhook.ts';

const faultSchema = z.object({
  error: z.object({
    code: z.string().describe('For programs'),
    message: z.string().describe('For people'),
    details: z.record(z.string(), z.unknown()),
  }),
});

/** The home-services app: tenants, what their devices sync, attachments, invoices that are sent. */
export function fieldserviceSurface(): Surface {
  return {
    name: 'fieldservice',
    title: 'Field service',
    description:
      'A home-services company, its people and their devices: offline-first sync, attachments, and invoices sent by mail, SMS and WhatsApp.',
    prefixes: ['/v1'],
    routes: [
      ...tenantRoutes,
      ...inviteRoutes,
      ...syncRoutes,
      ...logRoutes,
      ...attachmentRoutes,
      ...invoiceRoutes,
      ...notificationRoutes,
      ...twilioWebhookRoutes,
    ],
    authenticate: authenticateFieldservice,
    refuse: actor => tenantFault(fieldActor(actor)),
    wrap: body => body,
    wrapSchema: schema => schema,
    explain: fault => ({
      contentType: 'application/json; charset=utf-8',
      body: {
        error: { code: codeOf(fault.reason ?? fault.code), message: fault.message, details: fault.details ?? {} },
      },
    }),
    status: usualStatus,
    tokenDescription:
      "A Clerk session token. Routes that belong to a tenant also need its id in the header `X-Tenant-Id`, and answer 400 `MISSING_TENANT` without, 403 `FORBIDDEN` to who isn't a member.",
    faultSchema: z.toJSONSchema(faultSchema, { io: 'output' }) as JsonSchema,
  };
}

/** The published document's word for a missing or bad token is the status's own name. */
function codeOf(code: string): string {
  return code === 'unauthenticated' ? 'UNAUTHORIZED' : code.toUpperCase();
}
