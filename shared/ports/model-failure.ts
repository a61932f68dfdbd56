import { z } from 'zod';
import { type Answer, parseAnswer } from './exchange.ts';

/**
 * What a failed call means for whoever made it:
 * - `failed`: answered, and badly: refused, cut short, or not what was asked for. The same again may do better, or not.
 * - `retry`: no answer, too many requests, or trouble on the other side; later.
 * - `misconfigured`: the address, the key, the model's name, or what is left of the account. Nothing is wrong with the request.
 */
export type ModelOutcome = 'failed' | 'retry' | 'misconfigured';

/** The only error that leaves the model port. */
export class ModelFailure extends Error {
  readonly outcome: ModelOutcome;
  /**
   * The provider's code (`context_length_exceeded`), else `timeout`, `aborted`, `connection`, `invalid_answer`, `refusal`, `length`,
   * `content_filter`, `not_json`, `off_schema`, `http_<status>`.
   */
  readonly code: string;
  /** The answered HTTP status; null when no whole answer came. */
  readonly status: number | null;

  constructor(outcome: ModelOutcome, code: string, status: number | null, cause?: unknown) {
    super(`The model call failed: ${code}.`, cause === undefined ? undefined : { cause });
    this.name = 'ModelFailure';
    this.outcome = outcome;
    this.code = code;
    this.status = status;
  }
}

// Servers that only follow OpenAI's wire leave out the code, or send a number.
const errorSchema = z.object({ error: z.object({ code: z.string().max(100) }) });
const ours = new Set([401, 402, 403, 404, 405]);
const passing = new Set([408, 409, 425, 429]);

/** What an answer outside 200–299 means. */
export function failureOfAnswer({ status, text }: Answer): ModelFailure {
  const code = parseAnswer(errorSchema, text)?.error.code ?? `http_${status}`;
  // It comes as a 429, but no waiting helps: the account is out of money.
  if (ours.has(status) || code === 'insufficient_quota') return new ModelFailure('misconfigured', code, status);
  const passes = status >= 500 || status < 400 || passing.has(status);
  return new ModelFailure(passes ? 'retry' : 'failed', code, status);
}
