import cors from '@koa/cors';
import Koa from 'koa';
import { randomUUID } from 'node:crypto';
import { clerkIssuerOf } from '../shared/ports/clerk.ts';
import { firebaseIssuerOf } from '../shared/ports/identity-tokens.ts';
import { isUuid } from '../shared/uuid.ts';
import { fieldActorOf } from './fieldservice/authenticate.ts';
import { fieldserviceSurface } from './fieldservice/surface.ts';
import type { TokenVerifier } from './jobs/actor.ts';
import { jobsSurface } from './jobs/surface.ts';
import { marketplaceSurface } from './marketplace/surface.ts';
import { marketplaceIssuer, verifyMarketplaceToken } from './marketplace/tokens.ts';
import { actorOfClaims, verifyToken, wantedTenant } from './workforce/authenticate.ts';
import { workforceSurface } from './workforce/surface.ts';
import { mountSurface, type MountedContext, type RequestState } from './mount.ts';
import { RateLimits } from './rate-limit.ts';
import { openapiRoutes } from './docs.ts';
import { fileRoutes } from './file-routes.ts';
import type { EdgeServices } from './services.ts';
import type { Surface } from './surface.ts';

export type EdgeApp = Koa<RequestState>;

/** Whose tokens the jobs surface takes, beside service keys: every other surface's, as that one takes them. */
const verifiers: Record<string, TokenVerifier> = {
  marketplace: { issuer: () => marketplaceIssuer, verify: verifyMarketplaceToken },
  workforce: {
    issuer: ({ firebaseIssuer, firebaseProjectId: projectId }) =>
      firebaseIssuer ?? (projectId === undefined ? undefined : firebaseIssuerOf(projectId)),
    verify: async (token, edge, headers) => actorOfClaims(await verifyToken(token, edge), wantedTenant(headers), edge),
  },
  fieldservice: {
    issuer: ({ clerkIssuer }) => (clerkIssuer === undefined ? undefined : clerkIssuerOf(clerkIssuer)),
    verify: (token, edge, headers) => fieldActorOf(token, headers['x-tenant-id'], edge),
  },
};

/** Every surface of this edge. The jobs surface is the last: it also answers for paths below no prefix. */
export function loadSurfaces(): Surface[] {
  const published = [marketplaceSurface(), workforceSurface(), fieldserviceSurface()];
  const jobs = jobsSurface({ verifiers });
  const surfaces = [...published, jobs];
  return [...published, { ...jobs, routes: [...jobs.routes, ...fileRoutes, ...openapiRoutes(surfaces)] }];
}

// JSON and nothing else: nothing may frame it, sniff it, cache it or run in it. Pages set their own policy. Each header
// costs a few per cent of a request, so there is none here that says nothing about JSON.
const securityHeaders = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cache-control', 'no-store'],
] as const;

const exposedHeaders = [
  'location',
  'retry-after',
  'etag',
  'x-request-id',
  'idempotent-replayed',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'accept-ranges',
  'content-range',
  'content-disposition',
];

/** The Koa application over all surfaces; the server is the caller's. */
export function createApp(edge: EdgeServices, surfaces: readonly Surface[] = loadSurfaces()): EdgeApp {
  const app: EdgeApp = new Koa<RequestState>({ proxy: edge.config.trustProxy });
  const limits = new RateLimits(edge.config);
  const mounted = surfaces.map(surface => ({ surface, answer: mountSurface(surface, edge, limits) }));
  const fallback = mounted[mounted.length - 1] as (typeof mounted)[number];
  const byPrefix = mounted.flatMap(entry => entry.surface.prefixes.map(prefix => ({ prefix, entry })));

  app.on('error', (error: unknown) => edge.log.debug({ err: error }, 'a connection failed'));
  app.use(async (ctx, next) => {
    const startedMs = performance.now();
    const sent = ctx.get('x-request-id');
    const requestId = isUuid(sent) ? sent.toLowerCase() : randomUUID();
    const { path } = ctx;
    const entry = byPrefix.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))?.entry ?? fallback;
    ctx.state.requestId = requestId;
    ctx.state.surface = entry.surface;
    // Straight to Node: Koa's own setter costs as much again, ten times a request.
    for (const [name, value] of securityHeaders) ctx.res.setHeader(name, value);
    ctx.res.setHeader('x-request-id', requestId);
    await next();
    const seconds = (performance.now() - startedMs) / 1_000;
    const route = ctx.state.route?.path ?? 'none';
    edge.metrics.requests.observe(
      { surface: entry.surface.name, method: ctx.method, route, status: String(ctx.status) },
      seconds,
    );
    edge.log.info(
      {
        requestId,
        method: ctx.method,
        route,
        status: ctx.status,
        ms: Math.round(seconds * 1_000),
        surface: entry.surface.name,
      },
      'request',
    );
  });
  if (edge.config.corsOrigins.length > 0) app.use(corsFor(edge.config.corsOrigins));
  app.use(async ctx => {
    const entry = mounted.find(({ surface }) => surface === ctx.state.surface) ?? fallback;
    await entry.answer(ctx as unknown as MountedContext);
  });
  return app;
}

function corsFor(origins: readonly string[]): Koa.Middleware {
  return cors({
    origin: ctx => {
      const origin = ctx.get('origin');
      return origins.includes('*') || origins.includes(origin) ? origin : '';
    },
    exposeHeaders: exposedHeaders,
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    maxAge: 600,
  });
}
