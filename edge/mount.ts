import Router, { type RouterContext } from '@koa/router';
import type { ServerResponse } from 'node:http';
import { isUnavailable } from '../db/connect.ts';
import { transact } from '../db/transact.ts';
import { canonicalJson, fingerprintOf } from '../shared/canonical.ts';
import { Fault } from '../shared/fault.ts';
import { readTraceparent, spanned } from '../shared/trace.ts';
import type { Actor } from './actor.ts';
import { checkText, parseJson, readBody } from './body.ts';
import { onceInTransaction, onceUnderLease, readKey } from './idempotency.ts';
import type { RateLimits } from './rate-limit.ts';
import { applyReply, answerFault } from './reply.ts';
import type { Reply, Route, RouteRequest } from './route.ts';
import type { EdgeServices } from './services.ts';
import type { Surface } from './surface.ts';
import { checkInput } from './validate.ts';

/** 1 MB, for every surface. */
export const defaultMaxBodyBytes = 1_048_576;

/** What the app keeps of a request before any route is known. */
export interface RequestState {
  requestId: string;
  surface: Surface;
  route?: Route;
}

export type MountedContext = RouterContext<RequestState>;

/**
 * Makes a surface answer: the only interpreter of routes. Matching, admission, limits, idempotency, validation, the
 * envelope of success and of failure happen here, for every route in the same order; a route only does its work.
 */
export function mountSurface(
  surface: Surface,
  edge: EdgeServices,
  limits: RateLimits,
): (ctx: MountedContext) => Promise<void> {
  const router = new Router<RequestState>();
  for (const route of [...surface.routes].sort(literalFirst)) {
    router.register(route.path, [route.method], ctx => answerRoute(surface, route, ctx, edge, limits));
  }
  const middleware = router.routes();
  return async ctx => {
    try {
      await middleware(ctx, async () => {
        throw notMatched(router, ctx.path);
      });
    } catch (error) {
      answerFault(surface, ctx, toFault(error, ctx, edge));
    }
  };
}

/** `/me` before `/:id`: a literal segment wins over a parameter at the first place where two paths differ. */
function literalFirst(a: Route, b: Route): number {
  const left = a.path.split('/');
  const right = b.path.split('/');
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = Number(left[index]?.startsWith(':')) - Number(right[index]?.startsWith(':'));
    if (difference !== 0) return difference;
  }
  return 0;
}

function notMatched(router: Router<RequestState>, path: string): Fault {
  const methods = new Set(router.match(path, '').path.flatMap(layer => layer.methods));
  if (methods.size === 0) return new Fault('not_found', 'There is nothing at this path.');
  return new Fault('method_not_allowed', 'This path does not take that method.', {
    headers: { allow: [...methods].join(', ') },
  });
}

async function answerRoute(
  surface: Surface,
  route: Route,
  ctx: MountedContext,
  edge: EdgeServices,
  limits: RateLimits,
): Promise<void> {
  ctx.state.route = route;
  if (route.successor !== undefined) {
    // RFC 9745: when it became deprecated; RFC 8288: what to call instead. Told with a failure, too.
    const successor = route.successor.replace(/:(\w+)/g, (_, name: string) => ctx.params[name] ?? `:${name}`);
    ctx.set('deprecation', '@1771804800');
    ctx.set('link', `<${encodeURI(successor)}>; rel="successor-version"`);
  }
  const actor = await admit(surface, route, ctx, edge, limits);
  await limits.check(ctx, surface, route, actor);
  const idempotencyKey =
    route.idempotency === 'none' ? null : readKey(ctx.req.headers['idempotency-key'], route.idempotency);
  const request = await readRequest(route, ctx, edge, actor, idempotencyKey);
  const reply = await spanned(`${route.method} ${route.path}`, request.traceparent, traceparent => {
    request.traceparent = traceparent;
    return perform(surface, route, request, edge);
  });
  applyReply(surface, route, ctx, reply);
}

/** Who asks, if they may. Bad tokens count against their address. */
async function admit(
  surface: Surface,
  route: Route,
  ctx: MountedContext,
  edge: EdgeServices,
  limits: RateLimits,
): Promise<Actor | null> {
  if (route.roles === 'public') return null;
  let actor: Actor | null;
  try {
    actor = await surface.authenticate(ctx.req.headers, edge);
  } catch (error) {
    if (error instanceof Fault && error.code === 'unauthenticated') {
      await limits.checkAddress(ctx);
      if (route.roles === 'optional') return null;
    }
    throw error;
  }
  if (route.roles === 'optional') return actor;
  if (!actor) throw new Fault('unauthenticated', 'This route needs a bearer token.');
  const { roles } = actor;
  if (route.roles !== 'any' && !route.roles.some(role => roles.includes(role))) {
    throw surface.refuse?.(actor) ?? new Fault('forbidden', 'Your role does not admit this.');
  }
  return actor;
}

async function readRequest(
  route: Route,
  ctx: MountedContext,
  edge: EdgeServices,
  actor: Actor | null,
  idempotencyKey: string | null,
): Promise<RouteRequest> {
  for (const value of Object.values(ctx.params)) checkText(value);
  const params = checkInput(route.params, ctx.params, 'path');
  const query = checkInput(route.query, readQuery(ctx), 'query');
  const kind = route.bodyKind ?? (route.body ? 'json' : 'none');
  const rawBody =
    kind === 'json' || kind === 'raw' ? await readBody(ctx.req, route.maxBodyBytes ?? defaultMaxBodyBytes) : noBytes;
  const sent = kind === 'json' ? parseJson(ctx.req, rawBody) : undefined;
  const body = kind === 'json' ? checkInput(route.body, sent, 'body') : undefined;
  const { requestId } = ctx.state;
  const text = kind === 'raw' ? rawBody.toString('base64') : canonicalJson(sent);
  const salt = route.secretBody ? (edge.config.encryptionKey ?? []).slice(0, 1) : [];
  let signal: AbortSignal | undefined;
  let log: RouteRequest['log'] | undefined;
  return {
    params,
    query,
    body,
    rawBody,
    stream: ctx.req,
    actor,
    headers: ctx.req.headers,
    ip: ctx.ip,
    requestId,
    traceparent: readTraceparent(ctx.get('traceparent') || undefined),
    idempotencyKey,
    fingerprint:
      idempotencyKey === null ? '' : fingerprintOf(ctx.method, ctx.path, canonicalJson(ctx.query), text, ...salt),
    // Made on first use: most routes need neither.
    get signal() {
      return (signal ??= AbortSignal.any([goneSignal(ctx.res), edge.draining]));
    },
    get log() {
      return (log ??= edge.log.child({ requestId }));
    },
    db: edge.db,
    transact: work => transact(edge, work),
    edge,
  };
}

const noBytes = Buffer.alloc(0);

function readQuery(ctx: MountedContext): Record<string, unknown> {
  const { query } = ctx;
  for (const value of Object.values(query)) for (const text of [value].flat()) checkText(text ?? '');
  return { ...query };
}

/** Aborted when the connection closes before the answer is out. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

async function perform(surface: Surface, route: Route, request: RouteRequest, edge: EdgeServices): Promise<Reply> {
  const { idempotencyKey: key, actor, fingerprint } = request;
  const record = route.idempotencyRecord ?? 'transaction';
  if (key === null || !actor || record === 'job') return route.handler(request);
  const scope = { surface: surface.name, actor: actor.owner, key };
  const keyed = { scope, fingerprint, secret: route.secretAnswer ?? false };
  const { replayed, ...reply } =
    record === 'lease'
      ? await onceUnderLease(edge, keyed, () => route.handler(request))
      : await onceInTransaction(edge, keyed, tx => {
          request.db = tx;
          request.transact = work => transact({ db: tx, dispatch: edge.dispatch }, work);
          return route.handler(request);
        });
  return replayed ? { ...reply, headers: { ...reply.headers, 'idempotent-replayed': 'true' } } : reply;
}

/** What goes out for any thrown value. An unknown one is logged with its cause and shown without it. */
function toFault(error: unknown, ctx: MountedContext, edge: EdgeServices): Fault {
  if (error instanceof Fault) {
    if (error.code === 'internal') edge.log.error({ err: error, requestId: ctx.state.requestId }, 'a request failed');
    else if (error.cause !== undefined)
      edge.log.warn({ err: error, requestId: ctx.state.requestId }, 'a request was refused');
    return error;
  }
  if (isUnavailable(error)) {
    edge.log.warn({ err: error, requestId: ctx.state.requestId }, 'the database could not serve a request');
    return new Fault('unavailable', 'The service is unavailable for a moment; send the request again.', {
      retryAfterS: 1,
    });
  }
  // The route and not the path: that may hold a secret, as an invite's token.
  const route = ctx.state.route?.path ?? 'none';
  edge.log.error({ err: error, requestId: ctx.state.requestId, route }, 'a request failed unexpectedly');
  return new Fault('internal', 'Something went wrong on our side.');
}
