import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Reply, startJsonServer } from '../json-server.ts';
import { KeyRing, type SigningKey } from '../key-ring.ts';
import { Store } from '../store.ts';

/** Somebody who may be given tokens. */
export interface ClerkUser {
  /** `user_…`. */
  id: string;
  /** Lower case. */
  email: string;
  name: string;
}

interface Rows {
  users: ClerkUser;
  keys: SigningKey;
}

export interface ClerkSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Loopback unless asked otherwise: it makes tokens for whoever reaches it. */
  host?: string;
  /** Where users and keys outlive a restart; memory only unless given. */
  file?: string;
  /** `https://clerk.millrace.test` unless given: the same at every start, so that tokens outlive it. */
  issuer?: string;
  /** The clock, in Unix milliseconds. */
  nowMs?: () => number;
}

export interface ClerkSandbox {
  url: string;
  port: number;
  issuer: string;
  jwksUrl: string;
  /** Answers who has that address, made now if nobody had. */
  keepUser: (user: { email: string; name: string }) => ClerkUser;
  /** A session token, good for a minute unless told; `claims` come on top, and `undefined` leaves one out. Nobody need be on record. */
  signToken: (userId: string, options?: { lifetimeS?: number; claims?: Record<string, unknown> }) => Promise<string>;
  /** As `KeyRing.rotate`. */
  rotateKeys: (withdraw?: boolean) => Promise<string>;
  /** Whether the key set is answered; it is unless told. */
  setKeysReachable: (reachable: boolean) => void;
  /** How often the key set was asked for. */
  keysAsked: () => number;
  stop: () => Promise<void>;
}

/** Clerk's own session tokens live that long. */
const usualLifetimeS = 60;
const userSchema = z.strictObject({ email: z.email().max(254), name: z.string().max(200).default('') });
const tokenSchema = z.strictObject({
  email: z.email().max(254),
  lifetimeS: z.int().min(1).max(31_536_000).default(usualLifetimeS),
});
const rotationSchema = z.strictObject({ withdraw: z.boolean().default(false) });

/**
 * Starts a server that is the issuer of Clerk's session tokens as far as an API sees one: it publishes the key set that they are checked by, at
 * Clerk's own path. Signing in happens in Clerk's pages, which it doesn't have: `/_sandbox/tokens` makes a token for anybody, and
 * `/_sandbox/users` and `/_sandbox/keys/rotate` are there beside it.
 */
export async function startClerkSandbox(options: ClerkSandboxOptions = {}): Promise<ClerkSandbox> {
  const nowMs = options.nowMs ?? Date.now;
  const store = new Store<Rows>(options.file ?? null, { users: new Map(), keys: new Map() });
  const keys = await KeyRing.open(store, nowMs);
  const issuer = options.issuer ?? 'https://clerk.millrace.test';
  let reachable = true;
  let asked = 0;

  const keepUser: ClerkSandbox['keepUser'] = ({ email, name }) => {
    const address = email.toLowerCase();
    const known = store.all('users').find(user => user.email === address);
    if (known) return known;
    const user = { id: `user_${randomBytes(12).toString('hex')}`, email: address, name };
    store.put('users', user.id, user);
    store.commit();
    return user;
  };

  const signToken: ClerkSandbox['signToken'] = async (userId, { lifetimeS = usualLifetimeS, claims = {} } = {}) => {
    const user = store.get('users', userId);
    const now = Math.floor(nowMs() / 1000);
    const known = user ? { email: user.email, email_verified: true, name: user.name } : {};
    const usual = { iss: issuer, sub: userId, iat: now, nbf: now - 10, exp: now + lifetimeS, sid: `sess_${userId}` };
    return keys.sign({ ...usual, ...known, ...claims });
  };

  const answer = async (req: IncomingMessage, url: URL, text: string): Promise<Reply> => {
    const route = `${req.method} ${url.pathname}`;
    if (route === 'GET /.well-known/jwks.json') {
      asked += 1;
      return reachable ? { status: 200, body: keys.published() } : { kept: 'dropped' };
    }
    if (req.method !== 'GET' && req.headers.origin !== undefined)
      return { status: 403, body: { error: 'Not for browsers.' } };
    try {
      if (route === 'GET /_sandbox/users') return { status: 200, body: { users: store.all('users') } };
      if (route === 'POST /_sandbox/users') return { status: 200, body: keepUser(read(userSchema, text)) };
      if (route === 'POST /_sandbox/tokens') {
        const { email, lifetimeS } = read(tokenSchema, text);
        const user = store.all('users').find(one => one.email === email.toLowerCase());
        if (!user) return { status: 404, body: { error: 'Nobody has that address.' } };
        return { status: 200, body: { token: await signToken(user.id, { lifetimeS }) } };
      }
      if (route === 'POST /_sandbox/keys/rotate')
        return { status: 200, body: { kid: await keys.rotate(read(rotationSchema, text).withdraw) } };
    } catch (error) {
      if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
      if (error instanceof SyntaxError) return { status: 400, body: { error: error.message } };
      throw error;
    }
    return { status: 404, body: { error: `Nothing at ${route}.` } };
  };

  const server = await startJsonServer(options, answer);
  return {
    url: server.url,
    port: server.port,
    issuer,
    jwksUrl: `${server.url}/.well-known/jwks.json`,
    keepUser,
    signToken,
    rotateKeys: withdraw => keys.rotate(withdraw),
    setKeysReachable: yes => {
      reachable = yes;
    },
    keysAsked: () => asked,
    stop: async () => {
      await server.stop();
      store.close();
    },
  };
}

function read<Shape>(schema: z.ZodType<Shape>, text: string): Shape {
  return schema.parse(JSON.parse(text === '' ? '{}' : text));
}
