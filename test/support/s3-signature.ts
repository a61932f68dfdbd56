import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * Whether a request to a presigned address is the one that was signed, as a store works it out from what has arrived:
 * docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
 */
export function isAsSigned(request: IncomingMessage, secretAccessKey: string): boolean {
  const [path = '', queryText = ''] = (request.url ?? '').split('?');
  const query = queryText.split('&');
  const asked = new URLSearchParams(queryText);
  const names = (asked.get('X-Amz-SignedHeaders') ?? '').split(';');
  const canonical = [
    request.method,
    path,
    query
      .filter(pair => !pair.startsWith('X-Amz-Signature='))
      .sort()
      .join('&'),
    ...names.map(name => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    names.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const [, ...scope] = (asked.get('X-Amz-Credential') ?? '').split('/');
  const text = [
    'AWS4-HMAC-SHA256',
    asked.get('X-Amz-Date'),
    scope.join('/'),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(key, text).toString('hex') === asked.get('X-Amz-Signature');
}
