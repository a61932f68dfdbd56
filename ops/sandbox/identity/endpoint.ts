import { z } from 'zod';
import { invalidPayload } from './refusal.ts';
import type { World } from './rows.ts';

/** One call of the API. */
export interface Endpoint {
  /** As a fault names it: `accounts.signUp`. */
  name: string;
  method: 'GET' | 'POST';
  path: string;
  /** Answers the 200 body or throws a refusal. What it puts on record it commits itself. */
  run: (world: World, body: unknown) => Promise<object>;
}

/** `POST /v1/accounts:<method>`, whose body is of that shape; names that it doesn't know are overlooked: clients send many. */
export function accountsEndpoint<Body>(
  method: string,
  schema: z.ZodType<Body>,
  run: (world: World, body: Body) => Promise<object>,
): Endpoint {
  return {
    name: `accounts.${method}`,
    method: 'POST',
    path: `/v1/accounts:${method}`,
    run: (world, body) => run(world, readBody(schema, body)),
  };
}

/** The body as the endpoint takes it, else 400 `INVALID_ARGUMENT`. */
export function readBody<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw invalidPayload(z.prettifyError(read.error));
}
