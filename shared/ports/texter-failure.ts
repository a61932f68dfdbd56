/**
 * What a failed call means for whoever made it:
 * - `refused`: answered, and this message will never go to this number. Don't try again.
 * - `retry`: nothing was sent; try again later.
 * - `unknown`: the message may or may not have been made: look for it before it is sent again.
 * - `misconfigured`: our account, its key or the number we send from. Nothing is wrong with the message.
 */
export type TexterOutcome = 'refused' | 'retry' | 'unknown' | 'misconfigured';

/** The only error that leaves the texter port. */
export class TexterFailure extends Error {
  readonly outcome: TexterOutcome;
  /** Twilio's code (21211), else `aborted`, `no_answer`, `invalid_answer` or `http_<status>`. */
  readonly code: string;
  /** The answered HTTP status; null when no answer came. */
  readonly status: number | null;

  constructor(outcome: TexterOutcome, code: string, status: number | null, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'TexterFailure';
    this.outcome = outcome;
    this.code = code;
    this.status = status;
  }
}

/** About the number we send from, or our account; 63007 is WhatsApp's word for the former. */
const ourCodes = new Set([20003, 20005, 20404, 21212, 21603, 21606, 21659, 21660, 21910, 63007]);

/**
 * Turns what the client library threw into a `TexterFailure`. `effect` false is a call that only reads: nothing can be
 * unknown about it.
 */
export function texterFailureOf(error: unknown, call: { effect: boolean; aborted: boolean }): TexterFailure {
  if (error instanceof TexterFailure) return error;
  const answered = readAnswer(error);
  if (answered === null) {
    const code = call.aborted ? 'aborted' : error instanceof SyntaxError ? 'invalid_answer' : 'no_answer';
    const message = error instanceof Error ? error.message : String(error);
    return new TexterFailure(call.effect ? 'unknown' : 'retry', code, null, message, error);
  }
  const { status, code, message } = answered;
  const outcome = outcomeOf(status, code);
  const settled = outcome === 'unknown' && !call.effect ? 'retry' : outcome;
  return new TexterFailure(settled, code === null ? `http_${status}` : String(code), status, message, error);
}

function outcomeOf(status: number, code: number | null): TexterOutcome {
  if (status === 429) return 'retry';
  if (status >= 500) return 'unknown';
  if (code !== null && ourCodes.has(code)) return 'misconfigured';
  // Without one of Twilio's codes about messages (21…, 30…, 63…) it is the account that isn't let in, or isn't there.
  if ([401, 403, 404].includes(status) && (code === null || code < 21_000)) return 'misconfigured';
  return status >= 400 ? 'refused' : 'unknown';
}

/** What Twilio answered; null if it was the connection that failed, or the answer made no sense. */
function readAnswer(error: unknown): { status: number; code: number | null; message: string } | null {
  if (typeof error !== 'object' || error === null || 'isAxiosError' in error) return null;
  const { status, code, message } = error as { status?: unknown; code?: unknown; message?: unknown };
  if (typeof status !== 'number') return null;
  return {
    status,
    code: typeof code === 'number' ? code : null,
    message: typeof message === 'string' && message !== '' ? message : `The provider answered ${status}.`,
  };
}
