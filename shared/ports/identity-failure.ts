import { z } from 'zod';
import { type Answer, parseAnswer } from './exchange.ts';

/**
 * What a failed call means for whoever made it:
 * - `credentials`: the password, or the phone's code, is wrong or no longer good, or nobody has that address: it never tells which.
 * - `disabled`: the account is locked by an administrator.
 * - `taken`: the address has an account already. `weak`: the password is too easy; the message says what is missing.
 * - `invalid`: the provider won't take the request as it is; `code` says why (`INVALID_PHONE_NUMBER`).
 * - `throttled`: too many tries; later, perhaps.
 * - `needs_device`: only the provider's own client can do this: it wants proof of a device, a person, or a second factor.
 * - `token`: not a token of ours, or no longer good: `code` is `expired`, else `invalid`.
 * - `unavailable`: no answer, or none of the provider's own. A sign-up may have happened: sent again, it is `taken`.
 * - `misconfigured`: the API key, or what the project allows. Nothing is wrong with the request.
 */
export type IdentityOutcome =
  | 'credentials'
  | 'disabled'
  | 'taken'
  | 'weak'
  | 'invalid'
  | 'throttled'
  | 'needs_device'
  | 'token'
  | 'unavailable'
  | 'misconfigured';

/** The only error that leaves the identity port. Its message may be shown to whoever asked. */
export class IdentityFailure extends Error {
  readonly outcome: IdentityOutcome;
  /**
   * The provider's code (`EMAIL_EXISTS`), else `expired` or `invalid` of a token, `timeout`, `aborted`, `connection`, `invalid_answer`,
   * `http_<status>`. For logs: shown, it would tell whether an address has an account.
   */
  readonly code: string;

  constructor(outcome: IdentityOutcome, code: string, message: string = messages[outcome], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'IdentityFailure';
    this.outcome = outcome;
    this.code = code;
  }
}

const messages: Record<IdentityOutcome, string> = {
  credentials: 'What was given to sign in with is wrong or no longer good.',
  disabled: 'This account is disabled.',
  taken: 'There is an account with this e-mail address already.',
  weak: 'The password is too weak.',
  invalid: 'The identity provider does not take this request.',
  throttled: 'Too many attempts; try again later.',
  needs_device: "This needs the identity provider's own client.",
  token: 'The token is not valid.',
  unavailable: 'The identity provider does not answer.',
  misconfigured: 'The identity provider is not set up for this.',
};

/** Of the provider's codes for requests that it refuses; any other is `invalid`. */
const outcomes: Partial<Record<IdentityOutcome, readonly string[]>> = {
  credentials: [
    'EMAIL_NOT_FOUND',
    'INVALID_PASSWORD',
    'INVALID_LOGIN_CREDENTIALS',
    'INVALID_CODE',
    'INVALID_SESSION_INFO',
    'SESSION_EXPIRED',
    'CODE_EXPIRED',
  ],
  disabled: ['USER_DISABLED'],
  taken: ['EMAIL_EXISTS'],
  weak: ['WEAK_PASSWORD', 'PASSWORD_DOES_NOT_MEET_REQUIREMENTS'],
  throttled: ['TOO_MANY_ATTEMPTS_TRY_LATER', 'QUOTA_EXCEEDED', 'RESOURCE_EXHAUSTED'],
  needs_device: [
    'CAPTCHA_CHECK_FAILED',
    'INVALID_APP_CREDENTIAL',
    'INVALID_RECAPTCHA_TOKEN',
    'MISSING_APP_CREDENTIAL',
    'MISSING_CLIENT_IDENTIFIER',
    'MISSING_RECAPTCHA_TOKEN',
    'RECAPTCHA_NOT_ENABLED',
  ],
  misconfigured: [
    'ADMIN_ONLY_OPERATION',
    'API_KEY_INVALID',
    'BILLING_NOT_ENABLED',
    'CONFIGURATION_NOT_FOUND',
    'OPERATION_NOT_ALLOWED',
    'PASSWORD_LOGIN_DISABLED',
    'PROJECT_DISABLED',
  ],
};
const outcomeOfCode = new Map(
  Object.entries(outcomes).flatMap(([outcome, codes]) =>
    codes.map(code => [code, outcome as IdentityOutcome] as const),
  ),
);

const errorSchema = z.object({
  error: z.object({
    message: z.string().max(10_000),
    status: z.string().max(100).optional(),
    details: z.array(z.object({ reason: z.string().max(100).optional() })).optional(),
  }),
});

/** What an answer outside 200–299 means. One that isn't the provider's own (a proxy's page) says nothing about what happened behind it. */
export function failureOfAnswer({ status, text }: Answer): IdentityFailure {
  const error = parseAnswer(errorSchema, text)?.error;
  if (error === undefined || status < 400 || status >= 500) return new IdentityFailure('unavailable', `http_${status}`);
  // `WEAK_PASSWORD : Password should be at least 6 characters`; of a wrong API key the code is in the details, the message a sentence.
  const [, code, hint] = /^([A-Z][A-Z0-9_]+)(?: : (.+))?$/.exec(error.message) ?? [];
  const known =
    error.details?.find(({ reason }) => reason !== undefined)?.reason ?? code ?? error.status ?? `http_${status}`;
  const outcome = outcomeOfCode.get(known) ?? outcomeOfStatus(status);
  return new IdentityFailure(outcome, known, outcome === 'weak' && hint !== undefined ? hint : messages[outcome]);
}

function outcomeOfStatus(status: number): IdentityOutcome {
  if (status === 401 || status === 403) return 'misconfigured';
  return status === 429 ? 'throttled' : 'invalid';
}
