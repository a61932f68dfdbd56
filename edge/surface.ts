import type { IncomingHttpHeaders } from 'node:http';
import type { Fault, FaultCode } from '../shared/fault.ts';
import type { Actor } from './actor.ts';
import type { JsonSchema } from './openapi/document.ts';
import type { Route } from './route.ts';
import type { EdgeServices } from './services.ts';

/** One API: where it lives, who may ask, how it words success and failure. The mount knows nothing else of it. */
export interface Surface {
  name: 'jobs' | 'marketplace' | 'workforce' | 'fieldservice';
  title: string;
  description: string;
  /** Requests below these belong to this surface, whatever becomes of them. Two surfaces never overlap. */
  prefixes: readonly string[];
  routes: readonly Route[];
  /** Null if no token was sent. Throws `Fault('unauthenticated')` for one that isn't good. */
  authenticate(headers: IncomingHttpHeaders, edge: EdgeServices): Promise<Actor | null>;
  /** What an actor is told whose roles a route does not admit, where the surface has more to say than that. */
  refuse?(actor: Actor): Fault;
  /** The success body as it goes out. */
  wrap(body: unknown, requestId: string): unknown;
  /** The schema of what `wrap` makes, for the OpenAPI document. */
  wrapSchema(schema: JsonSchema): JsonSchema;
  /** The error body as it goes out. */
  explain(fault: Fault, status: number, requestId: string): { contentType: string; body: unknown };
  status: Record<FaultCode, number>;
  /** Of its bearer tokens, for the OpenAPI document. */
  tokenDescription: string;
  /** The error body's JSON Schema, for the OpenAPI document. */
  faultSchema: JsonSchema;
}

/** The statuses that all surfaces agree on; each may differ where its published document does. */
export const usualStatus: Record<FaultCode, number> = {
  malformed: 400,
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  conflict: 409,
  gone: 410,
  length_required: 411,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  rate_limited: 429,
  missing_idempotency_key: 400,
  idempotency_in_progress: 409,
  idempotency_conflict: 422,
  bad_gateway: 502,
  unavailable: 503,
  timeout: 408,
  cancelled: 409,
  internal: 500,
};
