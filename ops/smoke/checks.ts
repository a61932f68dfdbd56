import { randomUUID } from 'node:crypto';
import { z } from 'zod';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface CheckedCall<Shape extends z.ZodType> {
  token?: string;
  /** Sent as JSON, or as a multipart form. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Of a write; one of its own unless given, none for null. */
  key?: string | null;
  /** What it must answer: 200 unless told. */
  status?: number | readonly number[];
  /** What the body must be at least. */
  shape?: Shape;
  /** In the place of the method and path. */
  title?: string;
}

/** An answer that has been checked. `bytes`: of what is not JSON. */
export interface Checked<Body> {
  status: number;
  body: Body;
  bytes: Buffer;
  headers: Headers;
}

const timeoutMs = 70_000;
const anything = z.looseObject({});
const envelopeSchema = z.looseObject({ requestId: z.uuid() });
const faultSchema = envelopeSchema.extend({
  code: z.string().regex(/^[A-Z][A-Z0-9_]+$/),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** Something was not as it must be, and has been told. */
class CheckFailed extends Error {}

/** Calls a system area by area, and prints each call with what it answered and how long that took. */
export class Checks {
  readonly #url: string;
  readonly #print: (line: string) => void;
  #passed = 0;
  #failed = 0;

  constructor(url: string, print: (line: string) => void) {
    this.#url = url.replace(/\/+$/, '');
    this.#print = print;
  }

  get passed(): number {
    return this.#passed;
  }

  get failed(): number {
    return this.#failed;
  }

  /** One area; what fails in it ends it, and no other. */
  async area(title: string, work: () => Promise<void>): Promise<void> {
    this.#print(`\n${title}`);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CheckFailed)) this.#fail(null, 0, title, firstLine(error));
    }
  }

  /** Calls that don't build on each other: all of them are made, whatever fails. */
  async each(calls: readonly (() => Promise<unknown>)[]): Promise<void> {
    for (const call of calls) {
      await call().catch((error: unknown) => {
        if (!(error instanceof CheckFailed)) throw error;
      });
    }
  }

  /** One call. Rejects, once it is told, if the answer is not what it must be. */
  async call<Shape extends z.ZodType = typeof anything>(
    method: Method,
    path: string,
    wanted: CheckedCall<Shape> = {},
  ): Promise<Checked<z.output<Shape>>> {
    const statuses = [wanted.status ?? 200].flat();
    const name = wanted.title ?? `${method} ${withoutIds(path)}`;
    const startedMs = performance.now();
    let status: number | null = null;
    try {
      const response = await this.#send(method, path, wanted);
      ({ status } = response);
      const bytes = Buffer.from(await response.arrayBuffer());
      const tookMs = performance.now() - startedMs;
      const json = /\bjson\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(bytes.toString()) : null;
      if (!statuses.includes(status)) throw new Error(bytes.toString().slice(0, 300));
      if (json !== null) (status < 400 ? envelopeSchema : faultSchema).parse(json);
      const body = (wanted.shape ?? anything).parse(json ?? {}) as z.output<Shape>;
      this.#passed += 1;
      this.#tell('ok', status, tookMs, status < 400 ? name : `${name}  ${json?.code}`);
      return { status, body, bytes, headers: response.headers };
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : firstLine(error);
      this.#fail(status, performance.now() - startedMs, name, `must be ${statuses.join(' or ')}: ${why}`);
      throw new CheckFailed(name);
    }
  }

  /** Fails, and tells so, unless a claim about what was answered holds. */
  must(holds: boolean, what: string, seen: unknown): void {
    if (holds) return;
    this.#fail(null, 0, what, `but it is ${JSON.stringify(seen)?.slice(0, 300)}`);
    throw new CheckFailed(what);
  }

  #send(method: Method, path: string, { token, body, headers, key }: CheckedCall<z.ZodType>): Promise<Response> {
    const isForm = body instanceof FormData;
    const once =
      method === 'GET' || token === undefined || key === null ? {} : { 'idempotency-key': key ?? randomUUID() };
    return fetch(path.startsWith('http') ? path : `${this.#url}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...once,
        ...headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
  }

  #fail(status: number | null, tookMs: number, name: string, why: string): void {
    this.#failed += 1;
    this.#tell('FAIL', status, tookMs, `${name}: ${why}`);
  }

  #tell(result: 'ok' | 'FAIL', status: number | null, tookMs: number, text: string): void {
    this.#print(
      `  ${result.padEnd(4)}  ${String(status ?? '–').padStart(3)}  ${tookMs.toFixed(0).padStart(6)} ms  ${text}`,
    );
  }
}

/** Ids say nothing here. */
function withoutIds(path: string): string {
  return path.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, ':id').replace(/(?<=[?&][^=]+=)[^&]{40,}/g, '…');
}

function firstLine(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  return [message ?? String(error), cause?.message].filter(Boolean).join(': ').split('\n')[0] ?? '';
}
