import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/*
 * What is stored encrypted: AES-256-GCM under keys derived (HKDF, RFC 5869) from the secrets of ENCRYPTION_KEY. The first
 * secret seals, all open, so that keys can be rotated. A sealed text is `sealed:v1:<base64url of nonce, tag, ciphertext>`.
 */

const prefix = 'sealed:v1:';
const nonceBytes = 12;
const tagBytes = 16;
const keysOf = new Map<string, Buffer>();

function keyOf(secret: string): Buffer {
  let key = keysOf.get(secret);
  if (!key) keysOf.set(secret, (key = Buffer.from(hkdfSync('sha256', secret, '', 'millrace secret box', 32))));
  return key;
}

/** Encrypts a text. `purpose` is bound to it: sealed for one purpose, it does not open for another. */
export function seal(text: string, purpose: string, secrets: readonly string[] | undefined): string {
  const [secret] = secrets ?? [];
  if (secret === undefined) throw new Error('ENCRYPTION_KEY is not set');
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return prefix + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Decrypts a sealed text. Throws if no secret opens it: it was sealed otherwise, or changed since. */
export function unseal(sealed: string, purpose: string, secrets: readonly string[] | undefined): string {
  if (!isSealed(sealed)) throw new Error('this text is not sealed');
  const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url');
  const nonce = bytes.subarray(0, nonceBytes);
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  for (const secret of secrets ?? []) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
      return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // Another secret of the list may have sealed it.
    }
  }
  throw new Error('no secret of ENCRYPTION_KEY opens this text');
}

export function isSealed(text: string): boolean {
  return text.startsWith(prefix);
}
