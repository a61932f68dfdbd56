import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../../shared/config.ts';

const name = 'refresh_token';

export function readRefreshCookie(headers: IncomingHttpHeaders): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/** The `Set-Cookie` value that hands a token out, or with null takes it back. */
export function refreshCookie(config: Pick<Config, 'nodeEnv'>, token: string | null, lifetimeS: number): string {
  const secure = config.nodeEnv === 'production' ? '; Secure' : '';
  const maxAge = token === null ? 0 : lifetimeS;
  return `${name}=${token ?? ''}; Path=/api/v1/auth; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
}
