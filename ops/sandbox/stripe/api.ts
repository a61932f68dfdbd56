import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Call, Endpoint } from './endpoint.ts';
import type { Faults, StripeFault } from './faults.ts';
import { fingerprintOf, type IdempotencyKeys } from './idempotency.ts';
import { balanceInsufficient, capabilitiesInsufficient, invalidRequest, StripeRefusal } from './refusal.ts';
import type { LoggedRequest } from '../request-log.ts';
import { readCall, type RouteDeps } from './route.ts';

/** What goes back over the wire, or, by a fault, doesn't. */
export type Reply =
  | { status: number; body: unknown; headers: Record<string, string> }
  | { kept: 'dropped' | 'unanswered' };

interface Answer {
  status: number;
  body: unknown;
  headers: Record<string, string>;
  /** The endpoint ran, now or before: what a fault of the answer may keep back. */
  executed: boolean;
}

export interface ApiDeps extends RouteDeps {
  keys: IdempotencyKeys;
  faults: Faults;
}

/**
 * Answers one request to `/v1`, in Stripe's order: who asks (401, 403), the rate limiter (429), the idempotency layer (replay, 400, 409),
 * validation (400), execution. Only what execution gave is stored under the key.
 */
export async function answerApi(
  deps: ApiDeps,
  req: IncomingMessage,
  url: URL,
  body: string,
  log: LoggedRequest,
): Promise<Reply> {
  try {
    const { endpoint, call, encoded } = readCall(deps, req, url, body);
    log.account = call.account;
    const subject = endpoint.subject?.(call) ?? {};
    const strike = (moment: 'gate' | 'execution' | 'answer'): StripeFault | null => {
      const fault = deps.faults.take(moment, endpoint.name, subject);
      if (fault !== null) log.faults.push(fault.fault);
      return fault;
    };
    const gate = strike('gate');
    if (gate?.fault === 'drop_before') return { kept: 'dropped' };
    if (gate?.fault === 'timeout_before') return { kept: 'unanswered' };
    if (gate?.fault === 'rate_limit')
      throw invalidRequest('Request rate limit exceeded.', 'rate_limit', undefined, 429);

    const run = { endpoint, call, strike, requestId: log.requestId };
    // Keys belong to POST alone: "sending idempotency keys in GET and DELETE requests has no effect".
    const answer =
      log.key === null || endpoint.method !== 'POST'
        ? await execute(deps, run, () => undefined)
        : await executeOnce(deps, run, log.key, fingerprintOf(endpoint.method, call.path, encoded));
    log.replayed = 'Idempotent-Replayed' in answer.headers;
    const lost = answer.executed ? strike('answer') : null;
    if (lost !== null) return { kept: lost.fault === 'drop_after' ? 'dropped' : 'unanswered' };
    return answer;
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, body: { error: error.error }, headers: {} };
    throw error;
  }
}

interface Run {
  endpoint: Endpoint;
  call: Call;
  strike: (moment: 'execution') => StripeFault | null;
  requestId: string;
}

async function executeOnce(deps: ApiDeps, run: Run, key: string, fingerprint: string): Promise<Answer> {
  if (key.length > 255) throw invalidRequest('Idempotency keys can be at most 255 characters long.');
  const scope = createHash('sha256')
    .update(`${run.call.apiKey} ${run.call.account ?? ''}`)
    .digest('base64url');
  const stored = deps.keys.claim(scope, key, fingerprint);
  if (stored !== null) {
    const headers = { 'Idempotent-Replayed': 'true', 'Original-Request': stored.requestId };
    return { status: stored.status, body: stored.body, headers, executed: true };
  }
  try {
    return await execute(deps, run, ({ status, body }) =>
      deps.keys.remember(scope, key, { fingerprint, status, body, requestId: run.requestId }),
    );
  } finally {
    deps.keys.release(scope, key);
  }
}

/** Validates, then runs the endpoint, keeps its answer and commits all of it in one go: nothing else happens between those three. */
async function execute(deps: ApiDeps, run: Run, remember: (answer: Answer) => void): Promise<Answer> {
  const execution = run.endpoint.prepare(run.call);
  const fault = run.strike('execution');
  if (fault?.fault === 'slow') await deps.faults.hold(fault);
  const answer = runFaulted(execution, fault);
  remember(answer);
  deps.store.commit();
  return answer;
}

function runFaulted(execution: () => unknown, fault: StripeFault | null): Answer {
  try {
    if (fault?.fault === 'insufficient_balance') throw balanceInsufficient();
    if (fault?.fault === 'account_closed') throw capabilitiesInsufficient();
    if (fault?.fault === 'server_error') throw serverError();
    const body = execution();
    if (fault?.fault === 'server_error_after') throw serverError();
    return { status: 200, body, headers: {}, executed: true };
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    // Stripe tells its clients that a stored 500 is pointless to send again.
    const headers: Record<string, string> = error.status >= 500 ? { 'Stripe-Should-Retry': 'false' } : {};
    return { status: error.status, body: { error: error.error }, headers, executed: true };
  }
}

function serverError(): StripeRefusal {
  const message = 'An unknown error occurred. Armed by the sandbox.';
  return new StripeRefusal(500, { type: 'api_error', message });
}
