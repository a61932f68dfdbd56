import { z } from 'zod';
import { Fault } from '../../../shared/fault.ts';
import { defineJob } from '../../../shared/job.ts';
import type { AnyHandler, RemoteContext } from '../../../workers/handler.ts';
import { register } from '../../../workers/registry.ts';

const base = {
  version: 1,
  area: 'core',
  effect: 'remote',
  result: z.json(),
  jobsPerMessage: 25,
  concurrency: 50,
  timeoutMs: 60_000,
  retry: { attempts: 3, firstDelayMs: 600_000, factor: 1, maxDelayMs: 600_000, jitter: 0 },
  access: { post: ['service', 'marketplace:user'], see: 'owner', cancel: 'owner' },
} as const;
const nothing = z.strictObject({});

/** Runs until the test lets it go, or it is told to stop. Says that it is half done. */
export const hold = defineJob({ ...base, kind: 'hold', summary: 'Waits.', payload: nothing });
/** Fails, and is tried again in ten minutes. */
export const stubborn = defineJob({ ...base, kind: 'stubborn', summary: 'Fails each time.', payload: nothing });
/** Fails for good. */
export const refused = defineJob({ ...base, kind: 'refused', summary: 'Is refused.', payload: nothing });
/** Answers what no row can hold. */
export const unstorable = defineJob({ ...base, kind: 'unstorable', summary: 'Answers U+0000.', payload: nothing });
export const unique = defineJob({
  ...base,
  kind: 'unique',
  summary: 'One at a time for a subject.',
  payload: z.strictObject({ subject: z.string() }),
  uniqueKey: payload => `unique:${payload.subject}`,
});
export const internal = defineJob({
  ...base,
  kind: 'internal',
  summary: 'For operators.',
  payload: nothing,
  access: { post: ['operator'], see: 'operator', cancel: 'operator' },
});
export const uncancellable = defineJob({
  ...base,
  kind: 'uncancellable',
  summary: 'Is never cancelled.',
  payload: nothing,
  access: { ...base.access, cancel: 'nobody' },
});
export const usersOnly = defineJob({
  ...base,
  kind: 'users-only',
  summary: 'Not for services.',
  payload: nothing,
  access: { ...base.access, post: ['marketplace:user'] },
});

export const kinds = [hold, stubborn, refused, unstorable, unique, internal, uncancellable, usersOnly];

const holding = new Map<string, () => void>();

/** Lets a job of kind `hold` or `unique` end. */
export function release(id: string): void {
  holding.get(id)?.();
}

function released({ job, signal }: RemoteContext): Promise<void> {
  return new Promise((resolve, reject) => {
    holding.set(job.id, resolve);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

export const handlers: [string, AnyHandler][] = [
  register(hold, async ctx => {
    ctx.progress(0.5);
    await released(ctx);
    return 'held';
  }),
  register(stubborn, async () => {
    throw new Error('the host db-7 is away');
  }),
  register(refused, async () => {
    throw new Fault('unprocessable', 'There is not enough.', { reason: 'too_little', cause: new Error('inside') });
  }),
  register(unstorable, async () => 'a\u0000b'),
  register(unique, async ctx => {
    await released(ctx);
    return null;
  }),
  register(internal, async () => null),
  register(uncancellable, async () => null),
  register(usersOnly, async () => null),
];
