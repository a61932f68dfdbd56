import StripeSdk from 'stripe';

/**
 * What a failed call means for whoever made it (the money rules' "provider key"):
 * - `refused`: answered, and the provider certainly didn't act. A new key is allowed.
 * - `retry`: try again later with the same key, whatever happened: no answer at all, 409 in progress, 429.
 * - `unknown`: the key is burnt and the provider may or may not have acted: read back before anything else.
 * - `mismatch`: the key was first used with other parameters. Stop and alert.
 * - `misconfigured`: the platform's own key or rights. Nothing is wrong with the request.
 */
export type StripeOutcome = 'refused' | 'retry' | 'unknown' | 'mismatch' | 'misconfigured';

/** The only error that leaves the Stripe port. */
export class StripeFailure extends Error {
  readonly outcome: StripeOutcome;
  /** Stripe's code (`balance_insufficient`), else `timeout`, `aborted`, `connection`, `invalid_answer`, or `http_<status>`. */
  readonly code: string;
  /** The answered HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Stripe's own id of the request, for its support; null when no answer came. */
  readonly requestId: string | null;
  /** The answer was stored under the key by an earlier request and only repeated. */
  readonly replayed: boolean;

  constructor(fields: Omit<StripeFailure, keyof Error>, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StripeFailure';
    this.outcome = fields.outcome;
    this.code = fields.code;
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.replayed = fields.replayed;
  }
}

const keyCodes = new Set([
  'api_key_expired',
  'platform_api_key_expired',
  'secret_key_required',
  'testmode_charges_only',
  'livemode_mismatch',
]);

/**
 * Turns what the client library threw into a `StripeFailure`.
 *
 * A replayed error is `unknown` even if it is a refusal: it answers an earlier request whose outcome we never recorded, and the money rules
 * have one way for that, to read back; absent twice leads to the new key that a fresh refusal would have allowed at once.
 *
 * `effect` false is a call that only reads: nothing can be unknown about it, so a 5xx is `retry`.
 */
export function stripeFailureOf(error: unknown, call: { effect: boolean; aborted: boolean }): StripeFailure {
  if (!(error instanceof StripeSdk.errors.StripeError)) {
    // Thrown before anything was sent: an id or a header that the library won't put on the wire.
    const none = { code: 'invalid_request', status: null, requestId: null, replayed: false };
    return new StripeFailure({ outcome: 'refused', ...none }, messageOf(error), error);
  }
  const status = error.statusCode ?? null;
  const replayed = error.headers?.['idempotent-replayed'] === 'true';
  const fields = { status, requestId: error.requestId ?? null, replayed };
  if (error instanceof StripeSdk.errors.StripeConnectionError) {
    const code = call.aborted ? 'aborted' : isTimeout(error.detail) ? 'timeout' : 'connection';
    return new StripeFailure({ outcome: 'retry', code, ...fields }, error.message, error);
  }
  const outcome = outcomeOf(error, status, replayed);
  const code =
    error.code ??
    (status === null
      ? 'invalid_answer'
      : error.rawType === 'idempotency_error'
        ? 'idempotency_error'
        : `http_${status}`);
  const settled = outcome === 'unknown' && !call.effect ? 'retry' : outcome;
  return new StripeFailure({ outcome: settled, code, ...fields }, error.message, error);
}

function outcomeOf(
  error: InstanceType<typeof StripeSdk.errors.StripeError>,
  status: number | null,
  replayed: boolean,
): StripeOutcome {
  // Not JSON, so not Stripe's: a proxy's page, which says nothing about what happened behind it.
  if (status === null || status >= 500 || replayed) return 'unknown';
  if (status === 409 || status === 429 || error.code === 'rate_limit' || error.code === 'lock_timeout') return 'retry';
  if (error.rawType === 'idempotency_error') return 'mismatch';
  if (status === 401 || (error.code !== undefined && keyCodes.has(error.code))) return 'misconfigured';
  // A 403 with a code is about the other account (`account_invalid`); one without is a restricted key that lacks a right.
  if (status === 403 && error.code === undefined) return 'misconfigured';
  return status >= 400 ? 'refused' : 'unknown';
}

function isTimeout(detail: unknown): boolean {
  return detail instanceof Error && 'code' in detail && detail.code === 'ETIMEDOUT';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
