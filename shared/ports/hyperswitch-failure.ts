import { z } from 'zod';

/**
 * What a failed call means for whoever made it:
 * - `refused`: answered; it will not do this.
 * - `retry`: no answer, or one that says nothing final: it may or may not have happened. The same id may be sent again: it finds what the
 *   first one made.
 * - `mismatch`: the id was first used with another amount, currency or payment. Stop and alert.
 * - `misconfigured`: the API key or its rights. Nothing is wrong with the request.
 */
export type HyperswitchOutcome = 'refused' | 'retry' | 'mismatch' | 'misconfigured';

/** The only error that leaves the Hyperswitch port. */
export class HyperswitchFailure extends Error {
  readonly outcome: HyperswitchOutcome;
  /** Hyperswitch's code (`IR_13`), else `timeout`, `aborted`, `connection`, `invalid_answer`, `invalid_id`, `mismatch`, or `http_<status>`. */
  readonly code: string | null;
  /** The answered HTTP status; null when no whole answer came. */
  readonly status: number | null;
  /** Hyperswitch's own id of the request, for its support; null when no whole answer came. */
  readonly requestId: string | null;

  constructor(fields: Omit<HyperswitchFailure, keyof Error>, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'HyperswitchFailure';
    this.outcome = fields.outcome;
    this.code = fields.code;
    this.status = fields.status;
    this.requestId = fields.requestId;
  }
}

/** A whole answer. */
export interface HyperswitchAnswer {
  status: number;
  text: string;
  requestId: string | null;
}

const errorSchema = z.object({ error: z.object({ code: z.string().max(100), message: z.string().max(10_000) }) });

/** What an answer outside 200–299 means. One that isn't Hyperswitch's own (a proxy's page) says nothing about what happened behind it. */
export function failureOfAnswer({ status, text, requestId }: HyperswitchAnswer): HyperswitchFailure {
  const error = parseAnswer(errorSchema, text)?.error;
  const code = error?.code ?? `http_${status}`;
  const message = error === undefined ? `Hyperswitch answered ${status}.` : `Hyperswitch: ${error.message} (${code})`;
  return new HyperswitchFailure({ outcome: outcomeOf(status, error?.code), code, status, requestId }, message);
}

/** The answer's JSON if it is of that shape, else null. */
export function parseAnswer<Answer>(schema: z.ZodType<Answer>, text: string): Answer | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function outcomeOf(status: number, code: string | undefined): HyperswitchFailure['outcome'] {
  if (status === 401 || status === 403) return 'misconfigured';
  if (code === undefined || status < 400 || status >= 500 || [408, 409, 425, 429].includes(status)) return 'retry';
  // HE_00 is "something went wrong" and "resource is busy", whatever status it comes with. CE_… is the word of the acquirer behind
  // Hyperswitch, which says nothing of what Hyperswitch has on record by then; the same id sent again does.
  return code === 'HE_00' || code.startsWith('CE_') ? 'retry' : 'refused';
}
