import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What Hyperswitch puts into `x-webhook-signature-512`: the hex HMAC-SHA512 of the raw body under the merchant's
 * `payment_response_hash_key`. The body as it came over the wire: one that was parsed and written again is another one.
 */
export function signWebhook(rawBody: Buffer, secret: string): string {
  return digestOf(rawBody, secret).toString('hex');
}

/**
 * Whether one of `secrets` made this signature; several while one replaces another. Takes the same time whichever fits, and however much of
 * the signature does. A missing signature, one that isn't 128 hex digits and an empty secret (anyone could sign with it) are all false.
 */
export function verifyWebhook(rawBody: Buffer, signature: string | undefined, secrets: readonly string[]): boolean {
  if (signature === undefined || !/^[\da-f]{128}$/i.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  let verified = false;
  for (const secret of secrets) {
    if (secret !== '' && timingSafeEqual(given, digestOf(rawBody, secret))) verified = true;
  }
  return verified;
}

function digestOf(rawBody: Buffer, secret: string): Buffer {
  return createHmac('sha512', secret).update(rawBody).digest();
}
