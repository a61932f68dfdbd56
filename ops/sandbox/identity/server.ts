import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Reply, startJsonServer } from '../json-server.ts';
import { KeyRing } from '../key-ring.ts';
import { type LoggedRequest, RequestLog } from '../request-log.ts';
import { Store } from '../store.ts';
import { answerApi } from './api.ts';
import { Faults, type IdentityFault } from './faults.ts';
import { answerOperator, type IdentitySandboxState, readFault, readState } from './operator.ts';
import { PhoneCodes } from './phone-codes.ts';
import type { Rows, World } from './rows.ts';
import { keys as keysEndpoint } from './secure-token.ts';
import { claimsOf } from './tokens.ts';
import { addUser, type NewUser } from './users.ts';

export interface IdentitySandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Loopback unless asked otherwise: it trusts whoever reaches it. */
  host?: string;
  /** Where users and keys outlive a restart; memory only unless given. */
  file?: string;
  /** `demo-millrace` unless given. */
  projectId?: string;
  /** The one API key that it accepts; made up unless given. */
  apiKey?: string;
  /** The clock, in Unix milliseconds. */
  nowMs?: () => number;
}

export interface IdentitySandbox {
  /** Of Identity Toolkit (`/v1/accounts:…`) and Secure Token (`/v1/token`). */
  url: string;
  port: number;
  projectId: string;
  apiKey: string;
  jwksUrl: string;
  issuer: string;
  /** Throws for a fault that doesn't exist. */
  arm: (fault: IdentityFault) => void;
  clear: () => void;
  state: () => IdentitySandboxState;
  /** The last code that was sent to a number. */
  codeOf: (phoneNumber: string) => string | undefined;
  /** As `KeyRing.rotate`. */
  rotateKeys: (withdraw?: boolean) => Promise<string>;
  /** Answers the user's id. Throws for an address, number or id that is taken. */
  addUser: (user: NewUser) => Promise<string>;
  /** An ID token as if that user had just signed in, with these claims instead; `undefined` leaves one out. Nobody need be on record. */
  signToken: (uid: string, overrides?: Record<string, unknown>) => Promise<string>;
  stop: () => Promise<void>;
}

/**
 * Starts a server that speaks Firebase Authentication's REST API and signs its ID tokens with keys that it publishes, plus `/_sandbox/…` to arm
 * faults, add users, rotate keys and read the codes that would have gone out by SMS.
 */
export async function startIdentitySandbox(options: IdentitySandboxOptions = {}): Promise<IdentitySandbox> {
  const nowMs = options.nowMs ?? Date.now;
  const projectId = options.projectId ?? 'demo-millrace';
  const apiKey = options.apiKey ?? `sandbox-${randomBytes(12).toString('hex')}`;
  const store = new Store<Rows>(options.file ?? null, { users: new Map(), keys: new Map(), secrets: new Map() });
  const keys = await KeyRing.open(store, nowMs);
  const faults = new Faults();
  const issuer = `https://securetoken.google.com/${projectId}`;
  const world: World = { store, keys, codes: new PhoneCodes(nowMs), faults, projectId, issuer, nowMs };
  const log = new RequestLog();

  const answer = async (req: IncomingMessage, url: URL, text: string): Promise<Reply> => {
    if (url.pathname.startsWith('/_sandbox/')) return await answerOperator(world, log, req, url, text);
    const logged = startLog(req, url, nowMs());
    log.add(logged);
    const reply = await answerApi({ world, apiKey }, req, url, text, logged);
    if ('status' in reply) logged.status = reply.status;
    return reply;
  };
  const server = await startJsonServer(options, answer);

  return {
    url: server.url,
    port: server.port,
    projectId,
    apiKey,
    jwksUrl: `${server.url}${keysEndpoint.path}`,
    issuer,
    arm: fault => faults.arm(readFault(fault)),
    clear: () => faults.clear(),
    state: () => readState(world, log),
    codeOf: phoneNumber => world.codes.last().find(sent => sent.phoneNumber === phoneNumber)?.code,
    rotateKeys: withdraw => keys.rotate(withdraw),
    addUser: async user => (await addUser(world, user)).uid,
    signToken: async (uid, overrides = {}) => {
      const nobody = { email: null, phoneNumber: null, displayName: '' };
      const user = { ...nobody, ...store.get('users', uid), uid };
      const provider = user.phoneNumber === null ? 'password' : 'phone';
      const signIn = { uid, provider, authTime: Math.floor(nowMs() / 1000) } as const;
      return await keys.sign({ ...claimsOf(world, user, signIn), ...overrides });
    },
    stop: async () => {
      const stopped = server.stop();
      faults.clear();
      await stopped;
      store.close();
    },
  };
}

function startLog(req: IncomingMessage, url: URL, at: number): LoggedRequest {
  return {
    requestId: randomBytes(8).toString('hex'),
    at: new Date(at).toISOString(),
    method: req.method ?? '',
    path: url.pathname,
    key: null,
    account: null,
    status: null,
    replayed: false,
    faults: [],
  };
}
