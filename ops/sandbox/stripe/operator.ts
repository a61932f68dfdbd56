import type { IncomingMessage } from 'node:http';
import { endpointNames } from './route.ts';
import { type Books, readBalance, setPending, sumBooks, supplyMoney } from './books.ts';
import { transfersActive } from './endpoints/accounts.ts';
import { faultMoments, type Faults, type StripeFault, type StripeFaultName } from './faults.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { LoggedRequest, RequestLog } from '../request-log.ts';
import { type Account, type Balance, platform, type Reversal, type Topup, type Transfer, type Rows } from './rows.ts';
import type { Store } from '../store.ts';

/** Everything there is to see; amounts in minor units, rows oldest first. */
export interface StripeSandboxState {
  accounts: (Account & { transfersActive: boolean })[];
  balances: Balance[];
  transfers: Transfer[];
  reversals: Reversal[];
  topups: Topup[];
  books: Books[];
  faults: StripeFault[];
  /** Idempotency keys whose request executes right now. */
  executing: string[];
  /** The last 1,000, oldest first. */
  requests: LoggedRequest[];
}

export interface OperatorDeps {
  store: Store<Rows>;
  keys: IdempotencyKeys;
  faults: Faults;
  log: RequestLog;
  nowMs: () => number;
}

interface OperatorReply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export function readState({ store, keys, faults, log }: OperatorDeps): StripeSandboxState {
  return {
    accounts: [...store.all('accounts')].map(account => ({ ...account, transfersActive: transfersActive(account) })),
    balances: [...store.all('balances')],
    transfers: [...store.all('transfers')],
    reversals: [...store.all('reversals')],
    topups: [...store.all('topups')],
    books: sumBooks(store),
    faults: faults.list(),
    executing: keys.executing(),
    requests: log.list(),
  };
}

/**
 * Answers `/_sandbox/…`, which Stripe doesn't have: the tests' and the operator's side, JSON in and out, no key (loopback only).
 * A browser's cross-site request is refused by its `Origin`; only the onboarding page is for browsers.
 */
export function answerOperator(deps: OperatorDeps, req: IncomingMessage, url: URL, body: string): OperatorReply {
  const { store, faults } = deps;
  if (req.method !== 'GET' && req.headers.origin !== undefined)
    return { status: 403, body: { error: 'Not for browsers.' } };
  const route = `${req.method} ${url.pathname}`;
  try {
    if (route === 'GET /_sandbox/state') return { status: 200, body: readState(deps) };
    if (route === 'GET /_sandbox/faults') return { status: 200, body: { faults: faults.list() } };
    if (route === 'POST /_sandbox/faults') {
      faults.arm(readFault(parseObject(body)));
      return { status: 201, body: { faults: faults.list() } };
    }
    if (route === 'DELETE /_sandbox/faults') {
      faults.clear();
      return { status: 200, body: { faults: [] } };
    }
    if (route === 'POST /_sandbox/balance') return { status: 200, body: setBalance(store, parseObject(body)) };
    const onboard = /^GET \/_sandbox\/onboard\/(\w+)$/.exec(route);
    if (onboard?.[1] !== undefined) return completeOnboarding(deps, onboard[1]);
    const verdict = /^POST \/_sandbox\/accounts\/(\w+)\/(close|open)$/.exec(route);
    if (verdict?.[1] !== undefined) return setStatus(store, verdict[1], verdict[2] === 'open' ? 'onboarded' : 'closed');
    return { status: 404, body: { error: `Nothing at ${route}.` } };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError)
      return { status: 400, body: { error: error.message } };
    throw error;
  }
}

/** Visiting the link is all there is to onboarding here. A link that was used or has expired leads to its refresh address, as Stripe's do. */
function completeOnboarding({ store, nowMs }: OperatorDeps, token: string): OperatorReply {
  const link = store.get('links', token);
  if (link === undefined) return { status: 404, body: { error: 'No such link.' } };
  const account = store.get('accounts', link.account);
  const dead = link.used || nowMs() / 1000 > link.expires_at || account === undefined;
  if (dead) return { status: 302, headers: { Location: link.refresh_url } };
  store.put('links', token, { ...link, used: true });
  if (account.status === 'new') store.put('accounts', account.id, { ...account, status: 'onboarded' });
  store.commit();
  return { status: 302, headers: { Location: link.return_url } };
}

function setStatus(store: Store<Rows>, id: string, status: Account['status']): OperatorReply {
  const account = store.get('accounts', id);
  if (account === undefined || account.status === 'deleted')
    return { status: 404, body: { error: `No account ${id}.` } };
  store.put('accounts', id, { ...account, status });
  store.commit();
  return { status: 200, body: { id, status } };
}

/** Sets a balance by supplying (or taking out) the difference, so that the books still close. */
function setBalance(store: Store<Rows>, given: Record<string, unknown>): Balance {
  const owner = given['account'] ?? platform;
  const currency = typeof given['currency'] === 'string' ? given['currency'].toLowerCase() : '';
  const available = given['available_cents'];
  const pending = given['pending_cents'];
  if (!/^[a-z]{3}$/.test(currency)) throw new TypeError('currency: an ISO code');
  if (typeof owner !== 'string' || (owner !== platform && store.get('accounts', owner) === undefined)) {
    throw new TypeError('account: an account id, or nothing for the platform');
  }
  if (!Number.isSafeInteger(available)) throw new TypeError('available_cents: a whole number');
  supplyMoney(store, owner, currency, Number(available) - readBalance(store, owner, currency).available);
  if (Number.isSafeInteger(pending)) setPending(store, owner, currency, Number(pending));
  store.commit();
  return readBalance(store, owner, currency);
}

/** A fault from outside, checked. Throws TypeError saying what is wrong. */
export function readFault(given: Record<string, unknown>): StripeFault {
  const { on, fault, times, match, delayMs } = given;
  if (typeof on !== 'string' || (on !== '*' && !endpointNames.includes(on))) {
    throw new TypeError(`on: * or one of ${endpointNames.join(', ')}`);
  }
  if (!isFaultName(fault)) {
    throw new TypeError(`fault: one of ${Object.keys(faultMoments).join(', ')}`);
  }
  if (times !== undefined && !(Number.isInteger(times) && Number(times) > 0))
    throw new TypeError('times: a whole number from 1');
  if (delayMs !== undefined && !(Number.isInteger(delayMs) && Number(delayMs) >= 0))
    throw new TypeError('delayMs: a whole number');
  if (match !== undefined && (typeof match !== 'object' || match === null)) throw new TypeError('match: an object');
  return {
    on,
    fault,
    ...(times === undefined ? {} : { times: Number(times) }),
    ...(delayMs === undefined ? {} : { delayMs: Number(delayMs) }),
    ...(match === undefined ? {} : { match }),
  };
}

function isFaultName(name: unknown): name is StripeFaultName {
  return typeof name === 'string' && Object.hasOwn(faultMoments, name);
}

function parseObject(body: string): Record<string, unknown> {
  const value: unknown = JSON.parse(body === '' ? '{}' : body);
  if (typeof value !== 'object' || value === null) throw new TypeError('a JSON object');
  return { ...value };
}
