import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Connection } from '../../db/connect.ts';
import { Fault } from '../../shared/fault.ts';
import { LoginThrottle } from '../../shared/login-throttle.ts';
import { readForm } from './form.ts';
import { safeNext } from './guard.ts';
import { loginPage } from './layout.ts';
import { signIn } from './session.ts';

const loginSchema = z.object({
  email: z.string().max(254),
  password: z.string().max(1_000),
  next: z.string().max(2_000).default('/'),
});

/** The only door: `/login`. */
export function entryRoutes<State>(db: Connection): Router<State> {
  const throttle = new LoginThrottle();
  const entry = new Router<State>();
  entry.get('/login', ctx => {
    ctx.type = 'html';
    ctx.body = loginPage(null, safeNext(String(ctx.query['next'] ?? '/')));
  });
  entry.post('/login', async ctx => {
    const read = loginSchema.safeParse(await readForm(ctx.req));
    if (!read.success) throw new Fault('invalid', 'Sign in with an address and a password.');
    const { email, password, next } = read.data;
    try {
      await throttle.count(email, ctx.ip);
      await signIn(db, ctx, { email, password });
      await throttle.forgive(email, ctx.ip);
      ctx.redirect(safeNext(next));
      ctx.status = 303;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.retryAfterS !== undefined) ctx.set('retry-after', String(error.retryAfterS));
      ctx.status = error.code === 'rate_limited' ? 429 : 401;
      ctx.type = 'html';
      ctx.body = loginPage(error.message, safeNext(next));
    }
  });
  return entry;
}

/** Sends a browser to the door, and back afterwards. */
export function sendToLogin(ctx: Context): void {
  if (ctx.method === 'GET' && ctx.accepts('html') !== false && ctx.path !== '/live') {
    ctx.redirect(`/login?next=${encodeURIComponent(ctx.url)}`);
    ctx.status = 303;
  } else ctx.status = 401;
}
