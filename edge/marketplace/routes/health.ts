import { z } from 'zod';
import { defineRoute, type RawResponse, type Route } from '../../route.ts';
import type { EdgeServices } from '../../services.ts';
import { checkBroker, checkDatabase, checkDisk, checkFiles, worstOf } from '../health-checks.ts';

const checkSchema = z.object({
  status: z.enum(['ok', 'degraded', 'down', 'not_configured', 'not_used']),
  details: z.record(z.string(), z.unknown()).optional(),
});
const deepSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  timestamp: z.iso.datetime(),
  checks: z.object({
    database: checkSchema,
    redis: checkSchema,
    broker: checkSchema,
    files: checkSchema,
    disk: checkSchema,
  }),
  config: z.object({
    jwt_secret_set: z.boolean(),
    stripe_connect_enabled: z.boolean(),
    platform_fee_rate: z.number(),
    transfer_retry_enabled: z.boolean(),
  }),
});
const readySchema = z.object({ status: z.enum(['ready', 'degraded', 'not_ready']) });

const sent = <Data extends z.ZodType>(data: Data) => z.object({ success: z.literal(true), data });
const failed = <Data extends z.ZodType>(data: Data) =>
  z.object({ success: z.literal(false), error: z.string(), code: z.string(), request_id: z.string(), data });
const prometheusText: RawResponse = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  description: "Prometheus' text format",
};

/** The same data in either envelope: a 503 here is an answer, not a fault. */
function answer(data: { status: string }, good: boolean, requestId: string) {
  if (good) return { status: 200, body: { success: true, data } };
  const error = `The service is ${data.status.replace('_', ' ')}.`;
  return { status: 503, body: { success: false, error, code: 'unavailable', request_id: requestId, data } };
}

async function readDeep(edge: EdgeServices): Promise<z.output<typeof deepSchema>> {
  const { config } = edge;
  const [database, broker, files, disk] = await Promise.all([
    checkDatabase(edge),
    checkBroker(edge),
    checkFiles(edge),
    checkDisk(config.dataDir),
  ]);
  const worst = worstOf([database, broker, files, disk]);
  return {
    status: worst === 'down' ? 'unhealthy' : worst === 'degraded' ? 'degraded' : 'healthy',
    timestamp: new Date().toISOString(),
    checks: { database, redis: { status: 'not_used' }, broker, files, disk },
    config: {
      jwt_secret_set: config.jwtSecret !== undefined,
      stripe_connect_enabled: config.stripeConnectEnabled,
      platform_fee_rate: config.platformFeeRate,
      transfer_retry_enabled: config.transferRetryEnabled,
    },
  };
}

/** The health routes below a prefix; those at the root are deprecated and name their successors. */
function healthRoutesBelow(prefix: '' | '/api/v1'): Route[] {
  const shared = (path: string) => ({
    method: 'GET' as const,
    path: prefix + path,
    roles: 'public' as const,
    idempotency: 'none' as const,
    // Whoever watches must be answered.
    limitPerMinute: 0,
    ...(prefix === '' ? { successor: `/api/v1${path}` } : {}),
  });
  return [
    defineRoute({
      ...shared('/health'),
      summary: 'Whether the edge answers',
      response: { 200: z.object({ status: z.literal('ok') }) },
      handler: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    defineRoute({
      ...shared('/health/deep'),
      summary: 'How everything behind the edge stands',
      bare: true,
      // It asks the database and the broker each time.
      limitPerMinute: 120,
      response: { 200: sent(deepSchema), 503: failed(deepSchema) },
      async handler({ edge, requestId }) {
        const data = await readDeep(edge);
        return answer(data, data.status !== 'unhealthy', requestId);
      },
    }),
    defineRoute({
      ...shared('/healthz'),
      summary: 'Liveness',
      response: { 200: z.object({ status: z.literal('ok') }) },
      handler: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    defineRoute({
      ...shared('/readyz'),
      summary: 'Readiness',
      description:
        'Degraded while the broker is away: work is taken in, and done when it is back. Not ready during the shutdown.',
      bare: true,
      response: { 200: sent(readySchema), 503: failed(readySchema) },
      async handler({ edge, requestId }) {
        const database = await checkDatabase(edge);
        const brokerUp = edge.broker.state === 'up';
        const able = database.status === 'ok' && !edge.draining.aborted;
        const status = !able ? 'not_ready' : brokerUp ? 'ready' : 'degraded';
        return answer({ status }, status !== 'not_ready', requestId);
      },
    }),
    defineRoute({
      ...shared('/metrics'),
      summary: 'Metrics for Prometheus',
      response: { 200: prometheusText },
      async handler({ edge }) {
        const { registry } = edge.metrics;
        const text = Buffer.from(await registry.metrics());
        return { status: 200, headers: { 'content-type': registry.contentType }, body: text };
      },
    }),
  ];
}

export const healthRoutes: readonly Route[] = [...healthRoutesBelow('/api/v1'), ...healthRoutesBelow('')];
