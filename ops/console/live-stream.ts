import type { Context } from 'koa';
import { PassThrough } from 'node:stream';
import type { OperatorSession } from '../../db/core/operators.ts';
import { Fault } from '../../shared/fault.ts';
import { render } from '../../shared/html.ts';
import { checkRole } from './guard.ts';
import { frameParts } from './layout.ts';
import type { Page, PageRequest, RenderedPage } from './page.ts';
import type { ConsoleServices } from './services.ts';
import { troublesOf } from './troubles.ts';

/** Streams at once to one process; a browser has a handful, an office a few dozen. */
const maxStreams = 500;
const maxUnreadBytes = 1_048_576;
const breathEveryMs = 15_000;
/** The session and the role are looked at again when the browser comes back, at the latest. */
const maxStreamMs = 10 * 60_000;

export interface LiveDeps {
  services: ConsoleServices;
  operator: OperatorSession;
  page: Page;
  request: PageRequest;
  /** Streams that are open, to be ended at the process's own end. */
  open: Set<AbortController>;
}

/**
 * Streams a page's live parts (`text/event-stream`): each event is a JSON object, element id → HTML, of the parts that differ from
 * what was sent before. The first holds all of them, and those of the frame. Between them, `breath` says that the line is alive.
 */
export async function answerLive(ctx: Context, { services, operator, page, request, open }: LiveDeps): Promise<void> {
  checkRole(operator, page.role ?? 'viewer');
  if (open.size >= maxStreams) throw new Fault('unavailable', 'Too many pages are open.');
  const { title, live: own, watchedJobs = [] }: RenderedPage = await page.render(request);
  if (!own) throw new Fault('not_found', 'This page has no live parts.');
  if (request.signal.aborted) return;
  const parts = { ...own, ...frameParts(title, () => troublesOf(services.live.sight).length) };
  const stream = new PassThrough();
  const ended = new AbortController();
  const sent = new Map<string, string>();
  const send = () => {
    if (stream.writableLength > maxUnreadBytes) return ended.abort();
    try {
      const changed: Record<string, string> = {};
      for (const [id, part] of Object.entries(parts)) {
        const text = render(part());
        if (sent.get(id) === text) continue;
        sent.set(id, text);
        changed[id] = text;
      }
      if (Object.keys(changed).length > 0) stream.write(`data: ${JSON.stringify(changed)}\n\n`);
    } catch (error) {
      // One page that cannot be rendered must not keep the others from what they wait for.
      services.log.error({ err: error, path: page.path }, 'a live part of the console failed');
      ended.abort();
    }
  };
  const unwatch = services.live.watch(send, watchedJobs);
  const breath = setInterval(() => stream.write('event: breath\ndata:\n\n'), breathEveryMs);
  const end = setTimeout(() => ended.abort(), maxStreamMs);
  open.add(ended);
  const close = () => {
    open.delete(ended);
    unwatch();
    clearInterval(breath);
    clearTimeout(end);
    stream.end();
  };
  ended.signal.addEventListener('abort', close, { once: true });
  ctx.res.once('close', () => ended.abort());
  ctx.type = 'text/event-stream';
  ctx.set('x-accel-buffering', 'no');
  ctx.body = stream;
  stream.write('retry: 1000\n\n');
  send();
}
