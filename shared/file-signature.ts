import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Fault } from './fault.ts';

/*
 * The tokens of the addresses at which the edge hands out files, or takes them, without asking who it is:
 * `<base64url of the grant as JSON>.<base64url of its HMAC-SHA256>`.
 */

/** What a token for reading says: this file, until then, under this name. */
export interface FileGrant {
  key: string;
  /** Seconds since 1970. */
  expiresAtS: number;
  filename: string;
  contentType: string;
  disposition: 'inline' | 'attachment';
}

/** What a token for sending says: a file of this size and type, until then, to this key. */
export interface UploadGrant {
  key: string;
  /** Seconds since 1970. */
  expiresAtS: number;
  sizeBytes: number;
  contentType: string;
}

/** Each has a key of its own: a token for one is nothing to the other. */
type Purpose = 'address' | 'upload';

/** Keys of their own (HKDF, RFC 5869), so that no other signature by the same secrets passes for one of these. */
const keysOf = new Map<string, Buffer>();

function keyOf(purpose: Purpose, secret: string): Buffer {
  const name = `${purpose} ${secret}`;
  let key = keysOf.get(name);
  if (!key) keysOf.set(name, (key = Buffer.from(hkdfSync('sha256', secret, '', `millrace file ${purpose}`, 32))));
  return key;
}

function macOf(purpose: Purpose, text: string, secret: string): Buffer {
  return createHmac('sha256', keyOf(purpose, secret)).update(text).digest();
}

/** A token for reading, by the first of the secrets. */
export function signFile(grant: FileGrant, secrets: readonly string[]): string {
  return sign('address', grant, secrets);
}

/** A token for sending, by the first of the secrets. */
export function signUpload(grant: UploadGrant, secrets: readonly string[]): string {
  return sign('upload', grant, secrets);
}

/** What a token for reading grants, signed by any of the secrets. Throws `Fault`: `not_found` for one that isn't ours, `gone` for an expired one. */
export function readFileToken(token: string, secrets: readonly string[], nowMs: number = Date.now()): FileGrant {
  return unexpired(JSON.parse(textOf('address', token, secrets)) as FileGrant, nowMs);
}

/** What a token for sending grants. Throws as `readFileToken` does. */
export function readUploadToken(token: string, secrets: readonly string[], nowMs: number = Date.now()): UploadGrant {
  return unexpired(JSON.parse(textOf('upload', token, secrets)) as UploadGrant, nowMs);
}

function sign(purpose: Purpose, grant: FileGrant | UploadGrant, secrets: readonly string[]): string {
  const [secret] = secrets;
  if (secret === undefined) throw new Error('there is no key to sign with');
  const text = Buffer.from(JSON.stringify(grant)).toString('base64url');
  return `${text}.${macOf(purpose, text, secret).toString('base64url')}`;
}

/** The JSON of a token that one of the secrets signed. */
function textOf(purpose: Purpose, token: string, secrets: readonly string[]): string {
  const [text = '', sent = '', ...rest] = token.split('.');
  const mac = Buffer.from(sent, 'base64url');
  const ours = secrets.some(secret => {
    const expected = macOf(purpose, text, secret);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  });
  if (!ours || rest.length > 0) throw new Fault('not_found', 'There is nothing at this address.');
  return Buffer.from(text, 'base64url').toString();
}

function unexpired<Grant extends { expiresAtS: number }>(grant: Grant, nowMs: number): Grant {
  if (grant.expiresAtS * 1_000 > nowMs) return grant;
  throw new Fault('gone', 'This address has expired; ask for a new one.', { reason: 'LINK_EXPIRED' });
}
