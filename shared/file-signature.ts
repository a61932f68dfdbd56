import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Fault } from './fault.ts';

/*
 * The tokens of the addresses at which the edge hands out files without asking who wants them:
 * `<base64url of the grant as JSON>.<base64url of its HMAC-SHA256>`.
 */

/** What a token says: this file, until then, under this name. */
export interface FileGrant {
  key: string;
  /** Seconds since 1970. */
  expiresAtS: number;
  filename: string;
  contentType: string;
  disposition: 'inline' | 'attachment';
}

/** Keys of their own (HKDF, RFC 5869), so that no other signature by the same secrets passes for one of these. */
const keysOf = new Map<string, Buffer>();

function keyOf(secret: string): Buffer {
  let key = keysOf.get(secret);
  if (!key) keysOf.set(secret, (key = Buffer.from(hkdfSync('sha256', secret, '', 'millrace file address', 32))));
  return key;
}

function macOf(text: string, secret: string): Buffer {
  return createHmac('sha256', keyOf(secret)).update(text).digest();
}

/** A token by the first of the secrets. */
export function signFile(grant: FileGrant, secrets: readonly string[]): string {
  const [secret] = secrets;
  if (secret === undefined) throw new Error('there is no key to sign with');
  const text = Buffer.from(JSON.stringify(grant)).toString('base64url');
  return `${text}.${macOf(text, secret).toString('base64url')}`;
}

/** What a token grants, signed by any of the secrets. Throws `Fault`: `not_found` for one that isn't ours, `gone` for an expired one. */
export function readFileToken(token: string, secrets: readonly string[], nowMs: number = Date.now()): FileGrant {
  const [text = '', sent = '', ...rest] = token.split('.');
  const mac = Buffer.from(sent, 'base64url');
  const ours = secrets.some(secret => {
    const expected = macOf(text, secret);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  });
  if (!ours || rest.length > 0) throw new Fault('not_found', 'There is nothing at this address.');
  const grant = JSON.parse(Buffer.from(text, 'base64url').toString()) as FileGrant;
  if (grant.expiresAtS * 1_000 <= nowMs) {
    throw new Fault('gone', 'This address has expired; ask for a new one.', { reason: 'LINK_EXPIRED' });
  }
  return grant;
}
