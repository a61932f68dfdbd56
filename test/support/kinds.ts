import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { schedules } from '../../ops/ticker/schedules.ts';
import { defineJob } from '../../shared/job.ts';
import type { AnyHandler, Handler } from '../../workers/handler.ts';
import { register } from '../../workers/registry.ts';

const common = {
  version: 1,
  area: 'core',
  result: z.strictObject({ n: z.number() }),
  jobsPerMessage: 25,
  concurrency: 25,
  timeoutMs: 30_000,
  retry: { attempts: 4, firstDelayMs: 20, factor: 1, maxDelayMs: 20, jitter: 0 },
  access: { post: ['service'], see: 'owner', cancel: 'owner' },
} as const;

/** Leaves one row of ours. With `call` it asks the provider too, inside its transaction, so that a test can hold it there. */
export const tally = defineJob({
  ...common,
  kind: 'tally',
  summary: 'Counts, in a row.',
  effect: 'local',
  payload: z.strictObject({ n: z.number(), call: z.boolean().optional() }),
});

/** Has one effect outside. `die`: takes its process down, before or after that. `deaf`: does not hear that it should stop. */
export const charge = defineJob({
  ...common,
  kind: 'charge',
  summary: 'Counts, outside.',
  effect: 'remote',
  payload: z.strictObject({
    n: z.number(),
    die: z.enum(['before', 'after']).optional(),
    deaf: z.boolean().optional(),
  }),
});

/** Where `tally` leaves its rows. No key keeps a job from leaving two: that it doesn't is the spine's work. */
const effectsTable = 'create table flow_effects (job_id uuid not null, attempt integer not null, n integer not null)';

/** Readies a database for these kinds, and for no others. */
export async function prepareRows(db: Database): Promise<void> {
  await db.none(effectsTable);
  // The product's own schedules insert kinds that a test's catalog does not have.
  for (const { name } of schedules)
    await db.none('insert into core.schedules (name, last_slot, paused) values ($1, now(), true)', [name]);
}

/** The handlers of this module's kinds, over a provider. */
export function handlersOf(providerUrl: string): [string, AnyHandler][] {
  const call = async (key: string, attempt: number, signal?: AbortSignal) => {
    const body = JSON.stringify({ key, attempt, pid: process.pid });
    const response = await fetch(providerUrl, { method: 'POST', body, ...(signal && { signal }) });
    await response.arrayBuffer();
  };
  const tallyHandler: Handler<typeof tally> = async (ctx, payload) => {
    const { id, attempt } = ctx.job;
    await ctx.tx.none('insert into flow_effects (job_id, attempt, n) values ($1, $2, $3)', [id, attempt, payload.n]);
    if (payload.call) await call(id, attempt);
    return { n: payload.n };
  };
  const chargeHandler: Handler<typeof charge> = async (ctx, payload) => {
    if (payload.die === 'before') process.kill(process.pid, 'SIGKILL');
    await call(ctx.onceKey, ctx.job.attempt, payload.deaf ? undefined : ctx.signal);
    if (payload.die === 'after') process.kill(process.pid, 'SIGKILL');
    return { n: payload.n };
  };
  return [register(tally, tallyHandler), register(charge, chargeHandler)];
}
