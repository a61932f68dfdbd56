/** Every way in which a request or a job can go wrong. Each surface maps the whole list to statuses: a forgotten one does not compile. */
export const faultCodes = [
  'malformed', // the bytes are not what the content type says
  'invalid', // well-formed, but not what the schema asks for
  'unauthenticated',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'not_acceptable',
  'conflict', // the thing is in a state that does not admit this
  'gone',
  'length_required', // the body's length must be told before it
  'too_large',
  'unsupported_media_type',
  'unprocessable', // understood, refused by a rule
  'rate_limited',
  'missing_idempotency_key',
  'idempotency_in_progress',
  'idempotency_conflict',
  'bad_gateway', // a provider that somebody waits for failed, or answered what is no answer
  'unavailable', // something we need is away; the only code that a job retries
  'timeout',
  'cancelled',
  'internal',
] as const;

export type FaultCode = (typeof faultCodes)[number];

export interface FaultOptions {
  /** A stable, finer code of the domain, e.g. `balance_insufficient`. Clients see it in place of `code`. */
  reason?: string;
  /** Public facts for the client: which field, which item. */
  details?: Record<string, unknown>;
  retryAfterS?: number;
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * The one error that we throw on purpose. In a route it becomes the surface's envelope and status; in a handler it ends
 * the job for good, unless its code is `unavailable` (see `outcome.ts`). Its message is shown to clients.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly reason: string | undefined;
  readonly details: Record<string, unknown> | undefined;
  readonly retryAfterS: number | undefined;
  readonly headers: Record<string, string> | undefined;

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.reason = options.reason;
    this.details = options.details;
    this.retryAfterS = options.retryAfterS;
    this.headers = options.headers;
  }
}

/** What a job row keeps of a failure. `cause` is for operators only. */
export interface RecordedFault {
  code: string;
  message: string;
  cause?: string;
}

const maxCauseLength = 1_000;

/** The record of any thrown value: a `Fault` in its own words, anything else as `internal` with its cause kept apart. */
export function recordFault(error: unknown): RecordedFault {
  if (error instanceof Fault) {
    const recorded: RecordedFault = { code: storable(error.reason ?? error.code), message: storable(error.message) };
    if (error.cause !== undefined) recorded.cause = describeError(error.cause);
    return recorded;
  }
  return { code: 'internal', message: 'The job met an unexpected error.', cause: describeError(error) };
}

/** Name and message of any thrown value, cut to what a row should hold and without the characters that Postgres refuses. */
export function describeError(error: unknown): string {
  return storable(textOf(error).slice(0, maxCauseLength));
}

/** Some thrown values have no text, or throw when asked for it. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return `a thrown ${typeof error} without a text`;
  }
}

/** Cut first, then mended: a cut may leave half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
