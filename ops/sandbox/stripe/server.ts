import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerApi, type ApiDeps, type Reply } from './api.ts';
import { supplyMoney } from './books.ts';
import { Faults, type StripeFault } from './faults.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { answerOperator, readFault, readState, type StripeSandboxState } from './operator.ts';
import { type LoggedRequest, RequestLog } from '../request-log.ts';
import { newId, platform, type Rows } from './rows.ts';
import { Store } from '../store.ts';

const maxBodyBytes = 1_048_576;

export interface StripeSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** The sandbox takes orders without a key: it listens on loopback and nowhere else. */
  /** Loopback unless asked otherwise: it trusts whoever reaches it. */
  host?: string;
  /** How browsers reach it, for the links it hands out; unset: its own address. */
  publicUrl?: string;
  /** The one secret key that it accepts; made up unless given. Idempotency keys belong to it: with a `file`, give the same each time. */
  apiKey?: string;
  /** Where everything but faults and the request log outlives a restart; memory only unless given. */
  file?: string;
  /** The platform's money at its first start, by currency, in cents: `{ EUR: 100_000 }`. */
  startingBalanceCents?: Record<string, number>;
  /** The clock, in Unix milliseconds. */
  nowMs?: () => number;
}

export interface StripeSandbox {
  url: string;
  port: number;
  apiKey: string;
  state: () => StripeSandboxState;
  /** Throws TypeError for a fault that doesn't exist. */
  arm: (fault: StripeFault) => void;
  clear: () => void;
  stop: () => Promise<void>;
}

/**
 * Starts a server on loopback that speaks Stripe's wire protocol for accounts, account links, balances, top-ups, transfers
 * and reversals, well enough that the real client library is what talks to it, plus `/_sandbox/…` to arm faults and look inside.
 */
export async function startStripeSandbox(options: StripeSandboxOptions = {}): Promise<StripeSandbox> {
  const nowMs = options.nowMs ?? Date.now;
  const apiKey = options.apiKey ?? `sk_test_sandbox_${randomBytes(12).toString('hex')}`;
  const store = new Store<Rows>(options.file ?? null, {
    accounts: new Map(),
    links: new Map(),
    balances: new Map(),
    transfers: new Map(),
    reversals: new Map(),
    topups: new Map(),
    answers: new Map(),
  });
  const keys = new IdempotencyKeys(store, nowMs);
  const faults = new Faults();
  const log = new RequestLog();
  let url = '';
  if ([...store.all('balances')].length === 0) {
    for (const [currency, cents] of Object.entries(options.startingBalanceCents ?? {})) {
      supplyMoney(store, platform, currency.toLowerCase(), cents);
    }
    store.commit();
  }

  const operator = { store, keys, faults, log, nowMs };
  const api: ApiDeps = { store, keys, faults, apiKey, nowMs, baseUrl: () => url };
  const server = createServer((req, res) => {
    answer(req, res).catch(error => {
      if (res.headersSent || res.destroyed) return;
      const message = `The sandbox itself failed: ${error instanceof Error ? error.message : String(error)}`;
      send(res, 500, { error: { type: 'api_error', message } });
    });
  });
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const requestUrl = new URL(req.url ?? '/', 'http://sandbox');
    const body = await readBody(req);
    if (body === null)
      return send(res, 413, { error: { type: 'invalid_request_error', message: 'Request body too large.' } });
    if (requestUrl.pathname.startsWith('/_sandbox/')) {
      const reply = answerOperator(operator, req, requestUrl, body);
      return send(res, reply.status, reply.body, reply.headers);
    }
    const logged = startLog(req, requestUrl, nowMs());
    log.add(logged);
    finish(req, res, logged, await answerApi(api, req, requestUrl, body, logged));
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox listens on no port.');
  const { port } = address;
  const ownUrl = `http://127.0.0.1:${port}`;
  url = options.publicUrl ?? ownUrl;
  return {
    url,
    port,
    apiKey,
    state: () => structuredClone(readState(operator)),
    arm: fault => faults.arm(readFault({ ...fault })),
    clear: () => faults.clear(),
    stop: async () => {
      // Requests that a fault left unanswered would keep the server open for ever.
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      faults.clear();
      await closed;
      store.close();
    },
  };
}

function startLog(req: IncomingMessage, url: URL, nowMs: number): LoggedRequest {
  const key = req.headers['idempotency-key'];
  return {
    requestId: newId('req').slice(0, 18),
    at: new Date(nowMs).toISOString(),
    method: req.method ?? '',
    path: url.pathname,
    key: typeof key === 'string' && key !== '' ? key : null,
    account: null,
    status: null,
    replayed: false,
    faults: [],
  };
}

function finish(req: IncomingMessage, res: ServerResponse, logged: LoggedRequest, reply: Reply): void {
  if ('kept' in reply) {
    if (reply.kept === 'dropped') res.destroy();
    return; // unanswered: open until the caller gives up
  }
  logged.status = reply.status;
  const echoed: Record<string, string> = { 'Request-Id': logged.requestId };
  if (logged.key !== null) echoed['Idempotency-Key'] = logged.key;
  if (logged.account !== null) echoed['Stripe-Account'] = logged.account;
  const version = req.headers['stripe-version'];
  if (typeof version === 'string') echoed['Stripe-Version'] = version;
  send(res, reply.status, reply.body, { ...echoed, ...reply.headers });
}

function send(res: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}): void {
  const text = body === undefined ? '' : JSON.stringify(body, null, 2);
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, no-store', ...headers });
  res.end(text);
}

/** The whole body as text, or null when it is over the limit; what follows is read and thrown away. */
async function readBody(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? null : Buffer.concat(chunks).toString('utf8');
}
