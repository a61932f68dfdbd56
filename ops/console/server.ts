import Router from '@koa/router';
import Koa from 'koa';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import type { Spine } from '../../db/spine.ts';
import { Fault } from '../../shared/fault.ts';
import { answerHealth, listen } from '../../shared/health-server.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import {
  answerAction,
  answerFault,
  answerPage,
  answerResource,
  type ConsoleContext,
  type ConsoleState,
  requestOf,
} from './answer.ts';
import { answerAsset } from './assets.ts';
import { entryRoutes, sendToLogin } from './entry.ts';
import { readForm } from './form.ts';
import { checkCsrf, checkOrigin, setGuardHeaders } from './guard.ts';
import { Live } from './live.ts';
import { answerLive } from './live-stream.ts';
import { actions, pages, resources } from './pages.ts';
import type { ConsoleServices } from './services.ts';
import { readSession, signOut } from './session.ts';

export interface Console {
  url: string;
  services: ConsoleServices;
  stop(): Promise<void>;
}

/** Starts the operators' console, and beside it what probes and scrapers ask every process. */
export async function startConsole(
  spine: Spine,
  ports: Ports,
  { outboxUrl }: { outboxUrl: string | null },
): Promise<Console> {
  const { config, log, metrics, ready } = spine;
  const services: ConsoleServices = { ...spine, ports, outboxUrl, live: new Live({ ...spine, ports }) };
  const app = new Koa<ConsoleState>({ proxy: config.trustProxy });
  const open = new Set<AbortController>();

  app.on('error', (error: unknown) => log.debug({ err: error }, 'a connection to the console failed'));
  app.use(async (ctx, next) => {
    setGuardHeaders(ctx);
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
  app.use(async (ctx, next) => {
    checkOrigin(ctx);
    await next();
  });
  app.use(entryRoutes<ConsoleState>(services.db).routes());
  // Whatever comes after this is for who is signed in.
  app.use(async (ctx, next) => {
    const operator = await readSession(services.db, ctx);
    if (!operator) return sendToLogin(ctx);
    ctx.state.operator = operator;
    await next();
  });
  app.use(insideRoutes(services, open).routes());
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

function insideRoutes(services: ConsoleServices, open: Set<AbortController>): Router<ConsoleState> {
  const router = new Router<ConsoleState>();
  router.post('/logout', async ctx => {
    checkCsrf(ctx.state.operator, await readForm(ctx.req));
    await signOut(services.db, ctx);
    ctx.redirect('/login');
    ctx.status = 303;
  });
  const byPath = new Router();
  for (const page of pages) byPath.get(page.path, () => {});
  router.get('/live', ctx => openLive(services, ctx, byPath, open));
  for (const resource of resources) router.get(resource.path, ctx => answerResource(services, resource, ctx));
  for (const page of pages) router.get(page.path, ctx => answerPage(services, page, ctx));
  for (const action of actions) router.post(action.path, ctx => answerAction(services, action, ctx));
  return router;
}

/** `/live?path=…`: the live parts of the page that has that address. */
async function openLive(
  services: ConsoleServices,
  ctx: ConsoleContext,
  byPath: Router,
  open: Set<AbortController>,
): Promise<void> {
  const path = String(ctx.query['path'] ?? '/');
  const base = 'http://console';
  const url = URL.canParse(path, base) ? new URL(path, base) : null;
  const [layer] = url ? byPath.match(url.pathname, 'GET').pathAndMethod : [];
  const page = pages.find(one => one.path === layer?.path);
  if (!url || !layer || !page) throw new Fault('not_found', 'There is no such page.');
  const { state, res } = ctx;
  const params = layer.params(url.pathname, layer.captures(url.pathname));
  const request = requestOf(services, page, { state, res, params, query: parse(url.search.slice(1)) });
  await answerLive(ctx, { services, operator: state.operator, page, request, open });
}
