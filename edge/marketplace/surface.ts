import { z } from 'zod';
import type { JsonSchema } from '../openapi/document.ts';
import { type Surface, usualStatus } from '../surface.ts';
import { authenticateMarketplace } from './actor.ts';
import { adminTransferRoutes } from './routes/admin-transfers.ts';
import { authRoutes } from './routes/auth.ts';
import { healthRoutes } from './routes/health.ts';
import { sellRoutes } from './routes/sell.ts';
import { sellTransferRoutes } from './routes/sell-transfers.ts';

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
    description: "Accounts, sales and sellers' money of a creators' marketplace.",
    // The four at the root are older addresses of the health routes, kept for who still asks there.
    prefixes: ['/api/v1', '/health', '/healthz', '/readyz', '/metrics'],
    routes: [...authRoutes(), ...sellRoutes, ...sellTransferRoutes, ...adminTransferRoutes, ...healthRoutes],
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
