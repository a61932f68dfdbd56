import { Readable } from 'node:stream';
import type { Fault } from '../shared/fault.ts';
import type { MountedContext } from './mount.ts';
import type { Reply, Route } from './route.ts';
import type { Surface } from './surface.ts';

/** Puts a route's reply on the wire, in its surface's success envelope. */
export function applyReply(surface: Surface, route: Route, ctx: MountedContext, reply: Reply): void {
  ctx.status = reply.status;
  if (reply.headers) for (const name in reply.headers) ctx.res.setHeader(name, reply.headers[name] as string);
  if (reply.body === undefined) {
    ctx.body = null;
    ctx.status = reply.status; // Koa makes an empty body a 204
    return;
  }
  if (Buffer.isBuffer(reply.body) || reply.body instanceof Readable) {
    ctx.body = reply.body;
    return;
  }
  if (typeof reply.body === 'string') {
    ctx.body = reply.body;
    return;
  }
  const body = route.bare ? reply.body : surface.wrap(reply.body, ctx.state.requestId);
  if (!reply.headers?.['content-type']) ctx.res.setHeader('content-type', 'application/json; charset=utf-8');
  ctx.body = JSON.stringify(body);
}

/** Puts a fault on the wire, in its surface's error envelope. */
export function answerFault(surface: Surface, ctx: MountedContext, fault: Fault): void {
  if (ctx.res.headersSent) {
    ctx.res.destroy();
    return;
  }
  const status = surface.status[fault.code];
  const { contentType, body } = surface.explain(fault, status, ctx.state.requestId);
  ctx.status = status;
  ctx.set('content-type', contentType);
  ctx.set('cache-control', 'no-store');
  if (fault.retryAfterS !== undefined) ctx.set('retry-after', String(Math.max(1, Math.ceil(fault.retryAfterS))));
  if (fault.code === 'unauthenticated') ctx.set('www-authenticate', 'Bearer');
  if (fault.headers) ctx.set(fault.headers);
  ctx.body = JSON.stringify(body);
}
