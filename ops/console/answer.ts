import type { RouterContext } from '@koa/router';
import type { Context } from 'koa';
import type { OperatorSession } from '../../db/core/operators.ts';
import { isUnavailable } from '../../db/connect.ts';
import { Fault } from '../../shared/fault.ts';
import { html } from '../../shared/html.ts';
import { readAs, readForm } from './form.ts';
import { checkCsrf, checkRole } from './guard.ts';
import { frame, loginPage } from './layout.ts';
import type { Action, Page, PageRequest, Resource } from './page.ts';
import type { ConsoleServices } from './services.ts';
import { troublesOf } from './troubles.ts';

export interface ConsoleState {
  operator: OperatorSession;
}
export type ConsoleContext = RouterContext<ConsoleState>;

const statusOf: Partial<Record<Fault['code'], number>> = {
  not_found: 404,
  gone: 410,
  forbidden: 403,
  invalid: 400,
  malformed: 400,
  conflict: 409,
  unprocessable: 422,
  too_large: 413,
  rate_limited: 429,
  bad_gateway: 502,
  unavailable: 503,
};
const saidCookie = 'millrace_said';
const maxSaidLength = 500;

export async function answerPage(console: ConsoleServices, page: Page, ctx: ConsoleContext): Promise<void> {
  const { operator } = ctx.state;
  checkRole(operator, page.role ?? 'viewer');
  const request = requestOf(console, page, ctx);
  await console.live.look();
  const { title, body, live } = await page.render(request);
  const { section } = page;
  const livePath = live === undefined ? null : ctx.url;
  ctx.type = 'html';
  ctx.body = frame({ title, section, operator, said: takeSaid(ctx), livePath, ...aroundOf(console) }, body);
}

export async function answerAction(console: ConsoleServices, action: Action, ctx: ConsoleContext): Promise<void> {
  const { operator } = ctx.state;
  checkRole(operator, action.role ?? 'operator');
  const sent = await readForm(ctx.req);
  checkCsrf(operator, sent);
  const form: unknown = readAs(action.form, sent);
  const { params } = ctx;
  const done = await action.run({ console, operator, params, form, ip: ctx.ip });
  if ('body' in done) {
    ctx.type = 'html';
    ctx.body = frame(
      { title: done.title, section: null, operator, said: null, livePath: null, ...aroundOf(console) },
      done.body,
    );
    return;
  }
  const said = encodeURIComponent(done.message.slice(0, maxSaidLength));
  ctx.cookies.set(saidCookie, said, { httpOnly: true, sameSite: 'lax', maxAge: 30_000, overwrite: true });
  ctx.redirect(done.location);
  ctx.status = 303;
}

export async function answerResource(console: ConsoleServices, resource: Resource, ctx: ConsoleContext): Promise<void> {
  const { operator } = ctx.state;
  checkRole(operator, resource.role ?? 'viewer');
  const { params } = ctx;
  await resource.answer(ctx, { console, operator, params, query: ctx.query, signal: goneSignal(ctx) });
}

/** What a page is rendered from. Throws `Fault('invalid')` for a query that does not fit. */
export function requestOf(
  console: ConsoleServices,
  page: Page,
  ctx: { state: ConsoleState; params: unknown; query: object; res: Context['res'] },
): PageRequest {
  // Postgres takes none, whichever statement it would end up in.
  if (JSON.stringify([ctx.params, ctx.query]).includes(String.raw`\u0000`))
    throw new Fault('invalid', 'The address holds a character that nothing here can hold.');
  return {
    console,
    operator: ctx.state.operator,
    params: ctx.params as Record<string, string>,
    query: page.query && readAs(page.query, { ...ctx.query }),
    signal: goneSignal(ctx),
  };
}

/** Words an error: in the frame for who is signed in, at the door for anybody else. */
export function answerFault(
  console: ConsoleServices,
  ctx: Context & { state: Partial<ConsoleState> },
  error: unknown,
): void {
  const fault = faultOf(error);
  if (fault.code === 'internal') console.log.error({ err: error, path: ctx.path }, 'a page of the console failed');
  ctx.status = statusOf[fault.code] ?? 500;
  ctx.type = 'html';
  const { operator } = ctx.state;
  if (!operator) {
    ctx.body = loginPage(fault.message, '/');
    return;
  }
  const body = html`<h1>${ctx.status === 404 ? 'Not found' : 'This did not work'}</h1>
<p class="problem" role="alert">${fault.message}</p>
<p><a href="${cameFrom(ctx)}">Back to where you were</a></p>`;
  ctx.body = frame(
    { title: 'Problem', section: null, operator, said: null, livePath: null, ...aroundOf(console) },
    body,
  );
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  return isUnavailable(error)
    ? new Fault('unavailable', 'The database cannot be reached now: nobody can be signed in, and nothing can be shown.')
    : new Fault('internal', 'Something went wrong on our side; the log has it.');
}

function aroundOf({ outboxUrl, live }: ConsoleServices) {
  return { outboxUrl, troubles: troublesOf(live.sight).length };
}

/** What an action said before it sent the browser here; told once. */
function takeSaid(ctx: Context): string | null {
  const said = ctx.cookies.get(saidCookie);
  if (said === undefined) return null;
  ctx.cookies.set(saidCookie, null, { httpOnly: true, sameSite: 'lax', overwrite: true });
  try {
    return decodeURIComponent(said);
  } catch {
    return null;
  }
}

function cameFrom(ctx: Context): string {
  const referer = ctx.get('referer');
  if (!URL.canParse(referer)) return '/';
  const { host, pathname, search } = new URL(referer);
  return host === ctx.host ? pathname + search : '/';
}

function goneSignal({ res }: Pick<Context, 'res'>): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}
