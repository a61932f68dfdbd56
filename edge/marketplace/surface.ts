import { z } from 'zod';
import type { JsonSchema } from '../openapi/document.ts';
import { type Surface, usualStatus } from '../surface.ts';
import { authenticateMarketplace } from './actor.ts';
import { adminTransferRoutes } from './routes/admin-transfers.ts';
import { authRoutes } from './routes/auth.ts';
import { cloudRoutes } from './routes/cloud.ts';
import { exportRoutes } from './routes/exports.ts';
import { gearDocumentRoutes } from './routes/gear-documents.ts';
import { gearRepairRoutes } from './routes/gear-repairs.ts';
import { gearRoutes } from './routes/gear.ts';
import { healthRoutes } from './routes/health.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { liveRoutes } from './routes/live.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { orderRoutes } from './routes/orders.ts';
import { productRoutes } from './routes/products.ts';
import { refundRoutes } from './routes/refunds.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { sellTransferRoutes } from './routes/sell-transfers.ts';
import { sellRoutes } from './routes/sell.ts';
import { tagRoutes } from './routes/tags.ts';
import { webhookRoutes } from './routes/webhooks.ts';

const faultSchema = z.object({
  success: z.literal(false),
  error: z.string().describe('For people'),
  code: z.string().describe('For programs'),
  request_id: z.uuid(),
});

/** The creators' marketplace. Each call makes one with login counters of its own. */
export function marketplaceSurface(): Surface {
  return {
    name: 'marketplace',
    title: 'Marketplace',
    description: "Accounts, sales, sellers' money, files, gear and live streams of a creators' marketplace.",
    // The four at the root are older addresses of the health routes, kept for who still asks there.
    prefixes: ['/api/v1', '/health', '/healthz', '/readyz', '/metrics'],
    routes: [
      ...authRoutes(),
      ...productRoutes,
      ...reviewRoutes,
      ...orderRoutes,
      ...invoiceRoutes,
      ...refundRoutes,
      ...sellRoutes,
      ...sellTransferRoutes,
      ...adminTransferRoutes,
      ...webhookRoutes,
      ...cloudRoutes,
      ...gearRoutes,
      ...gearDocumentRoutes,
      ...gearRepairRoutes,
      ...tagRoutes,
      ...liveRoutes,
      ...exportRoutes,
      ...notificationRoutes,
      ...healthRoutes,
    ],
    authenticate: authenticateMarketplace,
    wrap: body => ({ success: true, data: body ?? null }),
    wrapSchema: data => ({
      type: 'object',
      properties: { success: { const: true }, data },
      required: ['success', 'data'],
    }),
    explain: (fault, _status, requestId) => ({
      contentType: 'application/json; charset=utf-8',
      body: {
        success: false,
        error: fault.message,
        code: (fault.reason ?? fault.code).toUpperCase(),
        request_id: requestId,
      },
    }),
    status: usualStatus,
    tokenDescription:
      'The `access_token` of register, login or refresh: a JWT, good for an hour while its session lives.',
    faultSchema: z.toJSONSchema(faultSchema, { io: 'output' }) as JsonSchema,
  };
}
