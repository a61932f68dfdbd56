export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface S3Address {
  bucket: string;
  region: string;
  /** Null for AWS itself. */
  endpoint: URL | null;
  /** Null if neither the address nor the configuration has any. */
  credentials: S3Credentials | null;
}

/** Reads `s3://[accessKeyId:secretAccessKey@]bucket[?endpoint=http://…&region=…]`. Throws without repeating what it was given. */
export function readS3Address(url: string, configured: S3Credentials | undefined): S3Address {
  const address = URL.canParse(url) ? new URL(url) : null;
  const endpoint = address?.searchParams.get('endpoint') ?? null;
  const parameters = [...(address?.searchParams.keys() ?? [])];
  const fits =
    address?.protocol === 's3:' &&
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(address.hostname) &&
    /^\/?$/.test(address.pathname) &&
    address.port === '' &&
    parameters.every(name => name === 'endpoint' || name === 'region') &&
    (endpoint === null || (/^https?:/i.test(endpoint) && URL.canParse(endpoint))) &&
    (address.username === '') === (address.password === '');
  if (!fits) throw new TypeError('FILES_URL must be s3://bucket?endpoint=http://…&region=…');
  const credentials =
    address.username === ''
      ? (configured ?? null)
      : {
          accessKeyId: decodeURIComponent(address.username),
          secretAccessKey: decodeURIComponent(address.password),
        };
  return {
    bucket: address.hostname,
    region: address.searchParams.get('region') ?? 'us-east-1',
    endpoint: endpoint === null ? null : new URL(endpoint),
    credentials,
  };
}
