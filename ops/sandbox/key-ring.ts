import { randomBytes } from 'node:crypto';
import {
  type CryptoKey,
  type JWK,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

/** A retired key stays in the set for as long as the tokens that it signed are good. */
const overlapMs = 3_600_000;

export interface SigningKey {
  kid: string;
  privateJwk: JWK;
  /** Unix milliseconds. */
  createdAt: number;
  /** It signs no more, but its tokens are still good. */
  retiredAt: number | null;
}

/** The table of keys of a sandbox's store. */
export interface KeyStore {
  all: (table: 'keys') => SigningKey[];
  put: (table: 'keys', kid: string, key: SigningKey) => void;
  drop: (table: 'keys', kid: string) => void;
  commit: () => void;
}

/** The RSA keys that sign tokens: one signs, the ones before it are published until nothing by them is good any more. */
export class KeyRing {
  readonly #store: KeyStore;
  readonly #nowMs: () => number;
  #signing: { kid: string; key: CryptoKey } | null = null;

  private constructor(store: KeyStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** Goes on with the key that the store holds, or makes the first. */
  static async open(store: KeyStore, nowMs: () => number): Promise<KeyRing> {
    const ring = new KeyRing(store, nowMs);
    const current = store.all('keys').find(key => key.retiredAt === null);
    if (current === undefined) await ring.rotate();
    else ring.#signing = { kid: current.kid, key: (await importJWK(current.privateJwk, 'RS256')) as CryptoKey };
    return ring;
  }

  /**
   * Signs with a new key from now on. Answers its id.
   * @param withdraw takes the older keys out of the set at once, as after a leak: their tokens are void.
   */
  async rotate(withdraw = false): Promise<string> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = randomBytes(20).toString('hex');
    const privateJwk = await exportJWK(privateKey);
    const nowMs = this.#nowMs();
    for (const key of this.#store.all('keys')) {
      if (withdraw || (key.retiredAt !== null && key.retiredAt + overlapMs < nowMs)) this.#store.drop('keys', key.kid);
      else this.#store.put('keys', key.kid, { ...key, retiredAt: key.retiredAt ?? nowMs });
    }
    this.#store.put('keys', kid, { kid, privateJwk, createdAt: nowMs, retiredAt: null });
    this.#store.commit();
    this.#signing = { kid, key: privateKey };
    return kid;
  }

  /** The set as the provider publishes it, newest first. */
  published(): JSONWebKeySet {
    const current = this.#store
      .all('keys')
      .filter(({ retiredAt }) => retiredAt === null || retiredAt + overlapMs >= this.#nowMs());
    const publicOf = ({ kid, privateJwk: { kty, n, e } }: SigningKey) =>
      ({ kty, n, e, kid, alg: 'RS256', use: 'sig' }) as JSONWebKeySet['keys'][number];
    return { keys: current.reverse().map(publicOf) };
  }

  async sign(claims: JWTPayload): Promise<string> {
    if (this.#signing === null) throw new Error('The key ring has no key.');
    const { kid, key } = this.#signing;
    return await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key);
  }

  /** The claims of a token of ours. Throws jose's errors. */
  async verify(token: string, checks: { issuer: string; audience: string }): Promise<JWTPayload> {
    const currentDate = new Date(this.#nowMs());
    const options = { ...checks, algorithms: ['RS256'], currentDate };
    return (await jwtVerify(token, createLocalJWKSet(this.published()), options)).payload;
  }
}
