import type { z } from 'zod';
import { checkRetryPolicy, type RetryPolicy } from './retry.ts';

/**
 * Who may do what with a job of a kind. Roles are words that actors carry: `service` (a service key), `operator`,
 * `marketplace:user`, `marketplace:admin`, … An operator may always do everything.
 */
export interface JobAccess {
  /** Roles that may post the kind over HTTP; an empty list makes it internal. */
  post: readonly string[];
  /** `owner`: its owner, a manager of its tenant, operators. `operator`: operators only. */
  see: 'owner' | 'operator';
  cancel: 'owner' | 'operator' | 'nobody';
}

/** Everything that both ends of a message must know about one kind of work, in one literal. */
export interface JobSpec<
  Kind extends string = string,
  Payload extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
  Effect extends 'local' | 'remote' = 'local' | 'remote',
> {
  kind: Kind;
  /** Of the payload. An older one is upgraded by `upgrade`, a newer one goes back unspent. */
  version: number;
  summary: string;
  area: 'core' | 'marketplace' | 'workforce' | 'fieldservice';
  /**
   * `local`: the effects are rows of ours; the handler gets `ctx.tx` and its result commits with them.
   * `remote`: the effects are outside; no transaction is open meanwhile, and the handler gets `ctx.onceKey`.
   */
  effect: Effect;
  payload: Payload;
  result: Result;
  /** Makes a payload of `version - 1` or older into the present one; the answer is validated. */
  upgrade?: (payload: unknown, fromVersion: number) => unknown;
  /** Names what only one live job may be about: `transfer:<id>`, `export:<owner>`. */
  uniqueKey?: (payload: z.output<Payload>, owner: string) => string;
  /** Jobs that may share one broker message: 25 for short work, 1 for long. */
  jobsPerMessage: number;
  /** Jobs of this kind that one worker process runs at once. */
  concurrency: number;
  /** After this long the handler's signal is aborted and the attempt counts as failed. */
  timeoutMs: number;
  retry: RetryPolicy;
  access: JobAccess;
  /** A second operator must approve before many of its jobs are done again. */
  movesMoney?: boolean;
}

// A spec's functions take its own payload, so a list of specs can be typed no tighter.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnySpec = JobSpec<string, any, any>;
export type PayloadOf<S extends AnySpec> = z.output<S['payload']>;
export type ResultOf<S extends AnySpec> = z.output<S['result']>;

const kindPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Checks a spec once, at load, and hands it back with its exact types. Throws `TypeError` naming what is wrong. */
export function defineJob<
  const Kind extends string,
  Payload extends z.ZodType,
  Result extends z.ZodType,
  const Effect extends 'local' | 'remote',
>(spec: JobSpec<Kind, Payload, Result, Effect>): JobSpec<Kind, Payload, Result, Effect> {
  const wrong = (what: string) => new TypeError(`job kind "${spec.kind}": ${what}`);
  if (!kindPattern.test(spec.kind) || spec.kind.length > 60)
    throw wrong('the kind must be kebab-case, at most 60 characters');
  if (!Number.isInteger(spec.version) || spec.version < 1) throw wrong('version must be a whole number from 1');
  if (spec.version > 1 && !spec.upgrade) throw wrong('a version above 1 needs upgrade()');
  if (!(spec.jobsPerMessage >= 1 && spec.jobsPerMessage <= 100)) throw wrong('jobsPerMessage must be 1 to 100');
  if (!(spec.concurrency >= 1)) throw wrong('concurrency must be at least 1');
  if (!(spec.timeoutMs >= 1)) throw wrong('timeoutMs must be positive');
  try {
    checkRetryPolicy(spec.retry);
  } catch (error) {
    throw wrong((error as Error).message);
  }
  return spec;
}

/** The broker's name for a kind's queue (and topic). */
export function queueOf(kind: string): string {
  return `jobs.${kind}`;
}

export function isPublic(spec: AnySpec): boolean {
  return spec.access.post.some(role => role !== 'operator');
}
