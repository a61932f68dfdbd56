/*
 * The payment provider takes ids of our choosing, at most 30 characters, and knows a repeated request by them. Ours are a
 * prefix and the row's UUID in base 32, so that a request can be repeated by whoever has the row.
 */

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's, in lower case

/** `pay_` or `ref_` and the 26 characters of a UUID: the same id for the same row, always. */
export function providerIdOf(prefix: 'pay' | 'ref', uuid: string): string {
  let rest = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let text = '';
  for (let place = 0; place < 26; place += 1) {
    text = `${alphabet[Number(rest % 32n)]}${text}`;
    rest /= 32n;
  }
  return `${prefix}_${text}`;
}
