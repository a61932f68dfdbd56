import { createHash, createHmac } from 'node:crypto';

/** `sessionToken` comes with credentials that are lent for a while. */
export interface SigningCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/**
 * An address at which anybody may GET or PUT an object for `expiresInS` seconds (at most a week): AWS Signature Version 4 in
 * the query. `url` is the object's own address, its path already encoded; `query` what else is asked of the store; `headers`
 * (names in lower case) are those that a request must bring, exactly so.
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
 */
export function presignS3(
  method: 'GET' | 'PUT',
  url: URL,
  options: {
    region: string;
    credentials: SigningCredentials;
    expiresInS: number;
    query?: Record<string, string>;
    headers?: Record<string, string>;
    now: Date;
  },
): string {
  const { region, credentials, expiresInS, query = {}, headers = {}, now } = options;
  const stamp = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = stamp.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const signed = Object.entries({ ...headers, host: url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const signedNames = signed.map(([name]) => name).join(';');
  const asked: Record<string, string> = {
    ...query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': String(expiresInS),
    'X-Amz-SignedHeaders': signedNames,
  };
  if (credentials.sessionToken !== undefined) asked['X-Amz-Security-Token'] = credentials.sessionToken;
  const canonicalQuery = Object.entries(asked)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonicalHeaders = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  const request = [method, url.pathname, canonicalQuery, canonicalHeaders, signedNames, 'UNSIGNED-PAYLOAD'].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, createHash('sha256').update(request).digest('hex')].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  );
  return `${url.origin}${url.pathname}?${canonicalQuery}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
