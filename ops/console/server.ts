import Router, { type RouterContext } from '@koa/router';
import Koa, { type Context } from 'koa';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { OperatorSession } from '../../db/core/operators.ts';
import { isUnavailable } from '../../db/connect.ts';
import type { Spine } from '../../db/spine.ts';
import { Fault } from '../../shared/fault.ts';
import { answerHealth, listen } from '../../shared/health-server.ts';
import { html } from '../../shared/html.ts';
import { LoginThrottle } from '../../shared/login-throttle.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { answerAsset } from './assets.ts';
import { readForm } from './form.ts';
import { frame, loginPage } from './layout.ts';
import { Live } from './live.ts';
import { answerLive } from './live-stream.ts';
import type { Action, Page, PageRequest, Resource } from './page.ts';
import { actions, pages, resources } from './pages.ts';
import type { ConsoleServices } from './services.ts';
import { mayActAs, readSession, signIn, signOut } from './session.ts';

export interface Console {
  url: string;
  services: ConsoleServices;
  stop(): Promise<void>;
}

interface State {
  operator: OperatorSession;
}
type ConsoleContext = RouterContext<State>;

const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "frame-src 'self'",
  "object-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
const statusOf: Partial<Record<Fault['code'], number>> = {
  not_found: 404,
  forbidden: 403,
  invalid: 400,
  malformed: 400,
  conflict: 409,
  unprocessable: 422,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
};
const saidCookie = 'millrace_said';
const loginSchema = z.object({
  email: z.string().max(254),
  password: z.string().max(1_000),
  next: z.string().max(2_000).default('/'),
});

/** Starts the operators' console, and beside it what probes and scrapers ask every process. */
export async function startConsole(
  spine: Spine,
  ports: Ports,
  { outboxUrl }: { outboxUrl: string | null },
): Promise<Console> {
  const { config, log, metrics, ready } = spine;
  const services: ConsoleServices = { ...spine, ports, outboxUrl, live: new Live({ ...spine, ports }) };
  const throttle = new LoginThrottle();
  const app = new Koa<State>({ proxy: config.trustProxy });
  const open = new Set<AbortController>();

  app.on('error', (error: unknown) => log.debug({ err: error }, 'a connection to the console failed'));
  app.use(async (ctx, next) => {
    ctx.set({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      // Not no-referrer: browsers would send our own forms with an Origin of null.
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
      'content-security-policy': contentPolicy,
    });
    try {
      await next();
    } catch (error) {
      answerFault(services, ctx, error);
    }
  });
  app.use(async (ctx, next) => {
    const health = await answerHealth(ctx.path, { ready, metrics });
    if (health) {
      ctx.status = health.status;
      ctx.type = health.type;
      ctx.body = health.body;
    } else if (!(await answerAsset(ctx))) await next();
  });

  // Cookies are SameSite=Lax and forms carry a token; a browser that names a foreign origin is refused besides.
  app.use(async (ctx, next) => {
    const { origin } = ctx.headers;
    const host = origin === undefined ? ctx.host : URL.canParse(origin) ? new URL(origin).host : null;
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD' && host !== ctx.host)
      throw new Fault('forbidden', 'This comes from another site.');
    await next();
  });

  const entry = new Router<State>();
  entry.get('/login', ctx => {
    ctx.type = 'html';
    ctx.body = loginPage(null, safeNext(String(ctx.query['next'] ?? '/')));
  });
  entry.post('/login', async ctx => {
    const { email, password, next } = loginSchema.parse(await readForm(ctx.req));
    try {
      await throttle.count(email, ctx.ip);
      await signIn(services.db, ctx, { email, password });
      await throttle.forgive(email, ctx.ip);
      ctx.redirect(safeNext(next));
      ctx.status = 303;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      ctx.status = error.code === 'rate_limited' ? 429 : 401;
      ctx.type = 'html';
      ctx.body = loginPage(error.message, safeNext(next));
    }
  });
  app.use(entry.routes());

  app.use(async (ctx, next) => {
    const operator = await readSession(services.db, ctx);
    if (operator) {
      ctx.state.operator = operator;
      return next();
    }
    if (ctx.method === 'GET' && ctx.accepts('html') !== false && ctx.path !== '/live') {
      ctx.redirect(`/login?next=${encodeURIComponent(ctx.url)}`);
      ctx.status = 303;
    } else ctx.status = 401;
  });

  const router = new Router<State>();
  router.post('/logout', async ctx => {
    checkCsrf(ctx, await readForm(ctx.req));
    await signOut(services.db, ctx);
    ctx.redirect('/login');
    ctx.status = 303;
  });
  const byPath = new Router<State>();
  for (const page of pages) byPath.get(page.path, () => {});
  router.get('/live', async ctx => {
    const { operator } = ctx.state;
    const url = new URL(String(ctx.query['path'] ?? '/'), 'http://console');
    const [layer] = byPath.match(url.pathname, 'GET').pathAndMethod;
    const page = pages.find(one => one.path === layer?.path);
    if (!layer || !page) throw new Fault('not_found', 'There is no such page.');
    const params = layer.params(url.pathname, layer.captures(url.pathname));
    const request = requestOf(services, page, {
      state: ctx.state,
      res: ctx.res,
      params,
      query: Object.fromEntries(url.searchParams),
    });
    await answerLive(ctx, { services, operator, page, request, open });
  });
  for (const resource of resources) router.get(resource.path, ctx => answerResource(services, resource, ctx));
  for (const page of pages) router.get(page.path, ctx => answerPage(services, page, ctx));
  for (const action of actions) router.post(action.path, ctx => answerAction(services, action, ctx));
  app.use(router.routes());
  app.use(() => {
    throw new Fault('not_found', 'There is no such page.');
  });

  const answer = app.callback();
  const server = createServer((request, response) => void answer(request, response));
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await listen(server, config.host, config.opsPort);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    services,
    stop: async () => {
      for (const stream of open) stream.abort();
      await services.live.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function answerPage(console: ConsoleServices, page: Page, ctx: ConsoleContext): Promise<void> {
  const { operator } = ctx.state;
  checkRole(operator, page.role ?? 'viewer');
  const request = requestOf(console, page, ctx);
  await console.live.look();
  const { title, body, live } = await page.render(request);
  const said = ctx.cookies.get(saidCookie);
  if (said !== undefined) ctx.cookies.set(saidCookie, null, { httpOnly: true, sameSite: 'lax', overwrite: true });
  ctx.type = 'html';
  ctx.body = frame(
    {
      title,
      section: page.section,
      operator,
      said: said === undefined ? null : { text: decodeURIComponent(said), isProblem: false },
      livePath: live === undefined ? null : ctx.url,
      outboxUrl: console.outboxUrl,
    },
    body,
  );
}

async function answerAction(console: ConsoleServices, action: Action, ctx: ConsoleContext): Promise<void> {
  const { operator } = ctx.state;
  checkRole(operator, action.role ?? 'operator');
  const sent = await readForm(ctx.req);
  checkCsrf(ctx, sent);
  const form = action.form.safeParse(sent);
  if (!form.success)
    throw new Fault('invalid', form.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const params = ctx.params as Record<string, string>;
  const done = await action.run({ console, operator, params, form: form.data, ip: ctx.ip });
  if ('body' in done) {
    const { title, body } = done;
    const { outboxUrl } = console;
    ctx.type = 'html';
    ctx.body = frame({ title, section: null, operator, said: null, livePath: null, outboxUrl }, body);
    return;
  }
  const { location, message } = done;
  ctx.cookies.set(saidCookie, encodeURIComponent(message), {
    httpOnly: true,
    sameSite: 'lax',
    maxAge: 30_000,
    overwrite: true,
  });
  ctx.redirect(location);
  ctx.status = 303;
}

async function answerResource(console: ConsoleServices, resource: Resource, ctx: ConsoleContext): Promise<void> {
  checkRole(ctx.state.operator, resource.role ?? 'viewer');
  const { operator } = ctx.state;
  const params = ctx.params as Record<string, string>;
  await resource.answer(ctx, { console, operator, params, query: ctx.query, signal: goneSignal(ctx) });
}

/** What a page is rendered from. Throws `Fault('invalid')` for a query that does not fit. */
export function requestOf(
  console: ConsoleServices,
  page: Page,
  ctx: { state: State; params: unknown; query: object; res: Context['res'] },
): PageRequest {
  const read = page.query?.safeParse({ ...ctx.query });
  if (read && !read.success)
    throw new Fault('invalid', read.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  return {
    console,
    operator: ctx.state.operator,
    params: ctx.params as Record<string, string>,
    query: read?.data,
    signal: goneSignal(ctx),
  };
}

function goneSignal({ res }: Pick<Context, 'res'>): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}

function checkRole({ role }: OperatorSession, needed: 'viewer' | 'operator' | 'admin'): void {
  if (!mayActAs(role, needed))
    throw new Fault('forbidden', `This takes the role "${needed}"; yours is "${role}". An admin can change that.`);
}

function checkCsrf(ctx: ConsoleContext, sent: Record<string, unknown>): void {
  if (sent['csrf'] !== ctx.state.operator.csrf)
    throw new Fault('forbidden', 'The form is stale: go back, load the page again, and repeat.');
}

/** Only to our own pages. */
function safeNext(next: string): string {
  return /^\/(?![/\\])[^\\]*$/.test(next) ? next : '/';
}

function answerFault(console: ConsoleServices, ctx: Context & { state: Partial<State> }, error: unknown): void {
  const fault =
    error instanceof Fault
      ? error
      : isUnavailable(error)
        ? new Fault('unavailable', 'The database cannot be reached now. What it last said is on the overview.')
        : new Fault('internal', 'Something went wrong on our side; the log has it.');
  if (fault.code === 'internal') console.log.error({ err: error, path: ctx.path }, 'a page of the console failed');
  ctx.status = statusOf[fault.code] ?? 500;
  ctx.type = 'html';
  const { operator } = ctx.state;
  if (!operator) {
    ctx.body = loginPage(fault.message, '/');
    return;
  }
  const back = html`<h1>${ctx.status === 404 ? 'Not found' : 'This did not work'}</h1>
<p class="problem" role="alert">${fault.message}</p>
<p><a href="/">Overview</a></p>`;
  ctx.body = frame(
    { title: 'Problem', section: null, operator, said: null, livePath: null, outboxUrl: console.outboxUrl },
    back,
  );
}
