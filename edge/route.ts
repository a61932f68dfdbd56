import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Connection, Transaction } from '../db/connect.ts';
import type { Log } from '../shared/log.ts';
import type { Actor } from './actor.ts';
import type { DescribedCode } from './openapi/faults.ts';
import type { EdgeServices } from './services.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call: anybody; anybody, with the actor if a good token is there; any good token; or one of these roles. */
export type Admission = 'public' | 'optional' | 'any' | readonly string[];

/** A body that isn't JSON. */
export interface RawResponse {
  contentType: string;
  description: string;
}

export interface RouteRequest<Params = unknown, Query = unknown, Body = unknown> {
  params: Params;
  query: Query;
  body: Body;
  /** Of the raw body, for `bodyKind: 'raw'`. */
  rawBody: Buffer;
  /** Of the unread body, for `bodyKind: 'stream'`. */
  stream: Readable;
  /** Null only on public and optional routes. */
  actor: Actor | null;
  headers: IncomingHttpHeaders;
  ip: string;
  requestId: string;
  traceparent: string | null;
  idempotencyKey: string | null;
  /** SHA-256 in hex over method, path, query and body; empty when no key was sent. */
  fingerprint: string;
  /** Aborted when the client has gone or this process is asked to end. */
  signal: AbortSignal;
  log: Log;
  /** The pool, or, on a route whose idempotency record commits with its work, that transaction. */
  db: Connection;
  /** Joins that transaction, or opens one; jobs inserted inside are published after the commit. */
  transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  edge: EdgeServices;
}

export interface Reply {
  status: number;
  /** A plain value (sent as JSON in the surface's success envelope), a Buffer, a stream, or nothing. */
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * How a repeat of a request under the same `Idempotency-Key` is recognised.
 * - `transaction`: the answer commits in one transaction with the work, which gets that transaction as `db`.
 * - `lease`: for routes that call a provider or wait before they answer: `in_progress` commits first, then the answer.
 * - `job`: the route sees to it by itself: a posted job's own row carries the key, an upload is known by its bytes.
 */
export type IdempotencyRecord = 'transaction' | 'lease' | 'job';

export interface RouteSpec<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  method: Method;
  /** The full path, with `:name` parameters. */
  path: string;
  summary: string;
  description?: string;
  roles: Admission;
  params?: Params;
  query?: Query;
  body?: Body;
  /** `json` when a body schema is given. */
  bodyKind?: 'json' | 'raw' | 'stream';
  maxBodyBytes?: number;
  response: Record<number, z.ZodType | RawResponse>;
  /** Faults of its own that callers should reckon with, for the OpenAPI document. */
  faults?: readonly DescribedCode[];
  idempotency: 'required' | 'honoured' | 'none';
  idempotencyRecord?: IdempotencyRecord;
  /** Its answer holds a secret: what is kept of it for an Idempotency-Key is encrypted. */
  secretAnswer?: boolean;
  /** Its body holds a secret short enough to be guessed at: the fingerprint that is kept for an Idempotency-Key can't be tried against. */
  secretBody?: boolean;
  /** Answers without the surface's success envelope. */
  bare?: boolean;
  /** The path that callers should use instead; adds `Deprecation` and `Link` headers. */
  successor?: string;
  /** Not in the OpenAPI document. */
  hidden?: boolean;
  /** Counted on its own, below the surface's own limit: requests per minute and actor (or address). */
  limitPerMinute?: number;
  handler: (request: RouteRequest<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Reply>;
}

/** A route as the mount and the OpenAPI writer read it. */
export type Route = Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handler'> & {
  // oxlint-disable-next-line typescript/no-explicit-any -- its parts were checked against each other by defineRoute
  handler: (request: any) => Promise<Reply>;
};

/** Ties a handler's types to its schemas. */
export function defineRoute<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<Params, Query, Body>): Route {
  return spec;
}
