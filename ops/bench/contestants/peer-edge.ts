import { Router } from '@koa/router';
import Koa from 'koa';
import readBody from 'raw-body';
import { z } from 'zod';

const payloadSchema = z.strictObject({ n: z.int(), text: z.string().max(1000) });

export type Payload = z.infer<typeof payloadSchema>;

/** The edge that the peers share: reads and validates the body, stores the job, answers 202 with its id. Tells its port by IPC. */
export function servePeerEdge(store: (payload: Payload) => Promise<string>): void {
  serve(async ctx => {
    const raw = await readBody(ctx.req, { limit: '1mb', encoding: 'utf8', length: ctx.request.length ?? null });
    const payload = payloadSchema.safeParse(JSON.parse(raw));
    if (!payload.success) ctx.throw(400, 'the payload is not valid');
    else {
      ctx.status = 202;
      ctx.body = { id: await store(payload.data) };
    }
  });
}

/** One POST route on a free port of the loopback. */
export function serve(handle: Koa.Middleware): void {
  const router = new Router();
  router.post('/jobs/noop', handle);
  const server = new Koa().use(router.routes()).listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address && typeof address === 'object') process.send?.({ port: address.port });
  });
  endWithParent();
}

/** A process of the bench ends with the bench, whatever that ended of. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(0));
}
