import type { IncomingMessage } from 'node:http';
import type { Call, Endpoint } from './endpoint.ts';
import {
  createAccount,
  createAccountLink,
  deleteAccount,
  requireAccount,
  retrieveAccount,
} from './endpoints/accounts.ts';
import { createTopup, retrieveBalance } from './endpoints/balance.ts';
import { createReversal, listReversals } from './endpoints/reversals.ts';
import { createTransfer, listTransfers, retrieveTransfer, updateTransfer } from './endpoints/transfers.ts';
import { parseForm } from './form.ts';
import { invalidRequest } from './refusal.ts';
import type { Rows } from './rows.ts';
import type { Store } from '../store.ts';

/** Every call of Stripe's API that the sandbox knows. */
const endpoints: Endpoint[] = [
  createAccount,
  retrieveAccount,
  deleteAccount,
  createAccountLink,
  retrieveBalance,
  createTopup,
  createTransfer,
  listTransfers,
  retrieveTransfer,
  updateTransfer,
  createReversal,
  listReversals,
];

/** The names that a fault's `on` may carry. */
export const endpointNames: string[] = endpoints.map(endpoint => endpoint.name);

export interface RouteDeps {
  store: Store<Rows>;
  apiKey: string;
  nowMs: () => number;
  baseUrl: () => string;
}

/** Who asks for what: 401 for a wrong key, 403 for an account out of reach, 404 for an unknown address. */
export function readCall(
  deps: RouteDeps,
  req: IncomingMessage,
  url: URL,
  body: string,
): { endpoint: Endpoint; call: Call; encoded: string } {
  const apiKey = readApiKey(req);
  if (apiKey !== deps.apiKey) {
    const message =
      apiKey === ''
        ? 'You did not provide an API key.'
        : `Invalid API Key provided: ${apiKey.slice(0, 8)}***${apiKey.slice(-4)}`;
    throw invalidRequest(message, undefined, undefined, 401);
  }
  const header = req.headers['stripe-account'];
  const account = typeof header === 'string' && header !== '' ? header : null;
  if (account !== null) requireAccount({ store: deps.store, apiKey }, account);
  for (const endpoint of endpoints) {
    const match = endpoint.method === req.method ? endpoint.path.exec(url.pathname) : null;
    if (match === null) continue;
    const type = req.headers['content-type'] ?? 'application/x-www-form-urlencoded';
    if (body !== '' && !type.startsWith('application/x-www-form-urlencoded')) {
      throw invalidRequest('Invalid request (check that your POST content type is application/x-www-form-urlencoded).');
    }
    const encoded = endpoint.method === 'POST' ? body : url.search.slice(1);
    const nowMs = deps.nowMs();
    const call: Call = {
      store: deps.store,
      apiKey,
      account,
      id: match[1] ?? '',
      params: parseForm(encoded),
      now: Math.floor(nowMs / 1000),
      baseUrl: deps.baseUrl(),
      path: url.pathname,
    };
    return { endpoint, call, encoded };
  }
  throw invalidRequest(`Unrecognized request URL (${req.method}: ${url.pathname}).`, undefined, undefined, 404);
}

/** A bearer token, or the user name of basic authentication as in `curl -u sk_…:`. */
function readApiKey(req: IncomingMessage): string {
  const [scheme, credentials = ''] = (req.headers.authorization ?? '').split(' ');
  if (scheme === 'Bearer') return credentials;
  if (scheme === 'Basic') return Buffer.from(credentials, 'base64').toString().split(':')[0] ?? '';
  return '';
}
