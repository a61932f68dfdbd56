import { decodeJwt } from 'jose';
import { z } from 'zod';
import { type Answer, type Call, exchange, NoAnswer, parseAnswer } from './exchange.ts';
import { failureOfAnswer, IdentityFailure } from './identity-failure.ts';
import { createTokenVerifier, type IdentityClaims, type TokenVerifierOptions } from './identity-tokens.ts';

export type { Call } from './exchange.ts';
export { IdentityFailure, type IdentityOutcome } from './identity-failure.ts';
export type { IdentityClaims } from './identity-tokens.ts';

/** Somebody who has just signed in. */
export interface IdentityAccount {
  uid: string;
  email: string | null;
  /** E.164. */
  phone: string | null;
  /** '' for one who gave none. */
  displayName: string;
  /** For `verifyToken`, for `expiresInS` seconds. */
  idToken: string;
  /** For the provider's Secure Token API, by which clients get the next ID token. */
  refreshToken: string;
  expiresInS: number;
}

/**
 * Firebase Authentication: Identity Toolkit's REST API, and the ID tokens that it issues. Every method fails with `IdentityFailure` and nothing
 * else, and tries nothing twice.
 */
export interface IdentityPort {
  /** A wrong password and an unknown address are both `credentials`. */
  signIn: (request: { email: string; password: string } & Call) => Promise<IdentityAccount>;
  /** `taken` for an address that has an account, `weak` for a password that is too easy. */
  signUp: (request: { email: string; password: string; displayName: string } & Call) => Promise<IdentityAccount>;
  /** Sends a code by SMS. Projects that want to see a device or a person first answer `needs_device`: then the client does both steps. */
  startPhone: (request: { phoneNumber: string } & Call) => Promise<{ sessionInfo: string }>;
  /** A wrong code and an expired one are both `credentials`. Makes the account at the first time. */
  verifyPhone: (request: { sessionInfo: string; code: string } & Call) => Promise<IdentityAccount>;
  /** A token's claims, if it is one of the project's and still good; else `token`. It doesn't ask whether the account still exists. */
  verifyToken: (idToken: string) => Promise<IdentityClaims>;
}

/** One request that left this process. */
export interface IdentityRequestSeen {
  /** `accounts.signUp`; `keys` for the key set. */
  operation: string;
  /** null when no whole answer came. */
  status: number | null;
  durationMs: number;
}

export interface IdentityOptions extends Omit<TokenVerifierOptions, 'onFetch'> {
  /** The project's web API key. It travels in the address, as the provider wants it. */
  apiKey: string;
  /** `https://identitytoolkit.googleapis.com` unless given. */
  apiBase?: string | undefined;
  /** Of each call, headers and body together; 10 seconds unless given: somebody waits. */
  timeoutMs?: number | undefined;
  /** Told of each request that left, answered or not. */
  onRequest?: (seen: IdentityRequestSeen) => void;
}

const maxAnswerBytes = 262_144;

const accountSchema = z.object({
  localId: z.string().min(1),
  idToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresIn: z.string().regex(/^\d{1,7}$/),
  displayName: z.string().optional(),
});
/** A change of the account brings new tokens, or none. */
const updateSchema = z.union([
  accountSchema.transform(account => ({ account })),
  z.object({ localId: z.string() }).transform(() => ({ account: null })),
]);
const sessionSchema = z.object({ sessionInfo: z.string().min(1) });
/** A right password, of an account that asks for more than that. */
const secondFactorSchema = z.object({ mfaPendingCredential: z.string() });

/** The port over plain `fetch` and jose. Throws for addresses that are none, and for a key that can't be one, without quoting it. */
export function createIdentityPort(options: IdentityOptions): IdentityPort {
  if (!/^[\w.~-]+$/.test(options.apiKey)) throw new Error('The Firebase API key is empty or not one.');
  const base = new URL(options.apiBase ?? 'https://identitytoolkit.googleapis.com').href.replace(/\/+$/, '');
  const seen = (operation: string, status: number | null, durationMs: number): void =>
    options.onRequest?.({ operation, status, durationMs });

  const post = async <Row>(method: string, body: object, schema: z.ZodType<Row>, call: Call): Promise<Row> => {
    const url = `${base}/v1/accounts:${method}?key=${options.apiKey}`;
    const trace = call.traceparent === undefined ? {} : { traceparent: call.traceparent };
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...trace };
    const limits = { timeoutMs: options.timeoutMs ?? 10_000, maxBytes: maxAnswerBytes, signal: call.signal };
    const startedAt = performance.now();
    let answer: Answer | null = null;
    try {
      answer = await exchange(url, { method: 'POST', headers, body: JSON.stringify(body) }, limits);
    } catch (error) {
      throw new IdentityFailure('unavailable', error instanceof NoAnswer ? error.code : 'connection', undefined, error);
    } finally {
      seen(`accounts.${method}`, answer?.status ?? null, performance.now() - startedAt);
    }
    if (answer.status < 200 || answer.status > 299) throw failureOfAnswer(answer);
    const row = parseAnswer(schema, answer.text);
    if (row !== null) return row;
    if (parseAnswer(secondFactorSchema, answer.text) !== null)
      throw new IdentityFailure('needs_device', 'mfa_required');
    throw new IdentityFailure('unavailable', 'invalid_answer');
  };

  return {
    async signIn({ email, password, ...call }) {
      const body = { email, password, returnSecureToken: true };
      return accountOf(await post('signInWithPassword', body, accountSchema, call));
    },

    async signUp({ email, password, displayName, ...call }) {
      const body = { email, password, displayName, returnSecureToken: true };
      const made = await post('signUp', body, accountSchema, call);
      if (displayName === '' || made.displayName === displayName) return accountOf(made);
      const change = { idToken: made.idToken, displayName, returnSecureToken: true };
      const { account } = await post('update', change, updateSchema, call);
      return { ...accountOf(account ?? made), displayName };
    },

    async startPhone({ phoneNumber, ...call }) {
      return await post('sendVerificationCode', { phoneNumber }, sessionSchema, call);
    },

    async verifyPhone({ sessionInfo, code, ...call }) {
      return accountOf(await post('signInWithPhoneNumber', { sessionInfo, code }, accountSchema, call));
    },

    verifyToken: createTokenVerifier({
      ...options,
      onFetch: (status, durationMs) => seen('keys', status, durationMs),
    }),
  };
}

/** What the answer leaves out is in its token, which came straight from the provider. */
function accountOf(row: z.infer<typeof accountSchema>): IdentityAccount {
  const { email, phone_number: phone, name } = claimsOf(row.idToken);
  return {
    uid: row.localId,
    email: textOr(email, null),
    phone: textOr(phone, null),
    displayName: textOr(name, row.displayName ?? ''),
    idToken: row.idToken,
    refreshToken: row.refreshToken,
    expiresInS: Number(row.expiresIn),
  };
}

function claimsOf(idToken: string): Record<string, unknown> {
  try {
    return decodeJwt(idToken);
  } catch (error) {
    throw new IdentityFailure('unavailable', 'invalid_answer', undefined, error);
  }
}

function textOr<Fallback>(value: unknown, fallback: Fallback): string | Fallback {
  return typeof value === 'string' ? value : fallback;
}
