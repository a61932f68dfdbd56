import type { IncomingHttpHeaders } from 'node:http';
import { decodeJwt } from 'jose';
import { findServiceKey, serviceKeyPrefix, type ServiceKey } from '../../db/core/service-keys.ts';
import type { Config } from '../../shared/config.ts';
import { Fault } from '../../shared/fault.ts';
import type { Actor } from '../actor.ts';
import type { EdgeServices } from '../services.ts';

/** The tokens of another surface. */
export interface TokenVerifier {
  /** Who makes them; undefined where nobody is configured. */
  issuer: (config: Config) => string | undefined;
  /** Whose a token is, in the tenant that the headers name. Throws `Fault`, as that surface does. */
  verify: (token: string, edge: EdgeServices, headers: IncomingHttpHeaders) => Promise<Actor>;
}

/** Keys are looked up once per this long and process: a revoked one is refused that much later at most. */
const keyCacheMs = 5_000;
const maxCachedKeys = 10_000;

/** Makes the jobs surface's `authenticate`: a service key, or a token of any surface, chosen by its issuer. */
export function jobsAuthenticator(verifiers: Readonly<Record<string, TokenVerifier>>) {
  const cache = new Map<string, { key: ServiceKey | null; untilMs: number }>();

  const findKey = async (text: string, edge: EdgeServices): Promise<ServiceKey | null> => {
    const known = cache.get(text);
    const nowMs = performance.now();
    if (known && known.untilMs > nowMs) return known.key;
    const key = await findServiceKey(edge.spineDb, text);
    if (cache.size >= maxCachedKeys) cache.clear();
    cache.set(text, { key, untilMs: nowMs + keyCacheMs });
    return key;
  };

  return async (headers: IncomingHttpHeaders, edge: EdgeServices): Promise<Actor | null> => {
    const token = readBearer(headers);
    if (token === null) return null;
    if (token.startsWith(serviceKeyPrefix)) {
      const key = await findKey(token, edge);
      if (!key) throw new Fault('unauthenticated', 'The service key is unknown or was revoked.');
      return {
        id: key.id,
        owner: `service/${key.id}`,
        surface: 'jobs',
        roles: key.operator ? ['service', 'operator'] : ['service'],
        tenant: null,
        kinds: key.kinds,
      };
    }
    const named = issuerOf(token);
    const verifier = Object.values(verifiers).find(({ issuer }) => issuer(edge.config) === named);
    if (!verifier) throw new Fault('unauthenticated', 'The token is of no issuer that is known here.');
    return verifier.verify(token, edge, headers);
  };
}

/** The bearer token of a request; null if none was sent. Throws `Fault('unauthenticated')` for another scheme. */
export function readBearer(headers: IncomingHttpHeaders): string | null {
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new Fault('unauthenticated', 'The Authorization header must be a bearer token.');
  return token;
}

/** Unverified: it only chooses the verifier, which then accepts its own issuer and algorithm alone. */
function issuerOf(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : '';
  } catch {
    throw new Fault('unauthenticated', 'The token is malformed.');
  }
}
