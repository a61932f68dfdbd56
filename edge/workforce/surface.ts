import { z } from 'zod';
import type { JsonSchema } from '../openapi/document.ts';
import { type Surface, usualStatus } from '../surface.ts';
import { authenticateWorkforce } from './authenticate.ts';
import { authRoutes } from './routes/auth.ts';
import { clientBillingRoutes } from './routes/client-billing.ts';
import { clientCoverageRoutes } from './routes/client-coverage.ts';
import { clientDirectoryRoutes } from './routes/client-directory.ts';
import { clientHomeRoutes } from './routes/client-home.ts';
import { clientHubRoutes } from './routes/client-hubs.ts';
import { clientInvoiceRoutes } from './routes/client-invoices.ts';
import { clientOrderRoutes } from './routes/client-orders.ts';
import { clientReportRoutes } from './routes/client-reports.ts';
import { fileRoutes } from './routes/files.ts';
import { invokeLlmRoutes } from './routes/invoke-llm.ts';
import { olderCommandRoutes } from './routes/older-commands.ts';
import { olderCoreRoutes } from './routes/older-core.ts';
import { olderQueryRoutes } from './routes/older-query.ts';
import { sessionRoutes } from './routes/session.ts';
import { staffAttendanceRoutes } from './routes/staff-attendance.ts';
import { staffAvailabilityRoutes } from './routes/staff-availability.ts';
import { staffHomeRoutes } from './routes/staff-home.ts';
import { staffMoneyRoutes } from './routes/staff-money.ts';
import { staffNotificationRoutes } from './routes/staff-notifications.ts';
import { staffPaperRoutes } from './routes/staff-papers.ts';
import { staffPaymentRoutes } from './routes/staff-payments.ts';
import { staffProfileRoutes } from './routes/staff-profile.ts';
import { staffShiftRoutes } from './routes/staff-shifts.ts';
import { verificationRoutes } from './routes/verifications.ts';

const faultSchema = z.object({
  code: z.string().describe('For programs'),
  message: z.string().describe('For people'),
  details: z.record(z.string(), z.unknown()),
  requestId: z.uuid(),
});

/** The staffing gateway: one base URL for the client app and the staff app. */
export function workforceSurface(): Surface {
  return {
    name: 'workforce',
    title: 'Workforce',
    description:
      'Orders for staff, the shifts they become, who works them, and what that costs: for clients and for staff.',
    prefixes: [
      '/auth',
      '/client',
      '/staff',
      '/upload-file',
      '/create-signed-url',
      '/invoke-llm',
      '/verifications',
      '/core',
      '/commands',
      '/query',
    ],
    routes: [
      ...authRoutes(),
      ...sessionRoutes,
      ...clientHomeRoutes,
      ...clientDirectoryRoutes,
      ...clientOrderRoutes,
      ...clientHubRoutes,
      ...clientBillingRoutes,
      ...clientInvoiceRoutes,
      ...clientCoverageRoutes,
      ...clientReportRoutes,
      ...staffHomeRoutes,
      ...staffAvailabilityRoutes,
      ...staffShiftRoutes,
      ...staffAttendanceRoutes,
      ...staffPaymentRoutes,
      ...staffProfileRoutes,
      ...staffPaperRoutes,
      ...staffMoneyRoutes,
      ...staffNotificationRoutes,
      ...fileRoutes,
      ...invokeLlmRoutes,
      ...verificationRoutes,
      ...olderCoreRoutes,
      ...olderCommandRoutes,
      ...olderQueryRoutes,
    ],
    authenticate: authenticateWorkforce,
    wrap: (body, requestId) => ({ ...(body as object), requestId }),
    wrapSchema: schema => ({
      allOf: [
        schema,
        { type: 'object', properties: { requestId: { type: 'string', format: 'uuid' } }, required: ['requestId'] },
      ],
    }),
    explain: (fault, _status, requestId) => ({
      contentType: 'application/json; charset=utf-8',
      body: {
        code: (fault.reason ?? fault.code).toUpperCase(),
        message: fault.message,
        details: fault.details ?? {},
        requestId,
      },
    }),
    status: usualStatus,
    tokenDescription: "The identity provider's ID token: `sessionToken` of the sign-in.",
    faultSchema: z.toJSONSchema(faultSchema, { io: 'output' }) as JsonSchema,
  };
}
