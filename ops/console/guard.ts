import type { Context } from 'koa';
import type { OperatorRole, OperatorSession } from '../../db/core/operators.ts';
import { Fault } from '../../shared/fault.ts';
import { mayActAs } from './session.ts';

/** Scripts, styles and figures come from here alone, and nothing is inline: a text that slips through as markup can do nothing. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "frame-src 'self'",
  "object-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not no-referrer: browsers would send our own forms with an Origin of null.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'content-security-policy': contentPolicy,
};

/** Of every answer. */
export function setGuardHeaders(ctx: Context): void {
  ctx.set(headers);
}

/** Cookies are SameSite=Lax and forms carry a token; a browser that names a foreign origin is refused besides. */
export function checkOrigin(ctx: Context): void {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return;
  const { origin } = ctx.headers;
  const host = origin === undefined ? ctx.host : URL.canParse(origin) ? new URL(origin).host : null;
  if (host !== ctx.host) throw new Fault('forbidden', 'This comes from another site.');
}

export function checkRole({ role }: OperatorSession, needed: OperatorRole): void {
  if (!mayActAs(role, needed))
    throw new Fault('forbidden', `This takes the role "${needed}"; yours is "${role}". An admin can change that.`);
}

export function checkCsrf({ csrf }: OperatorSession, sent: Record<string, unknown>): void {
  if (sent['csrf'] !== csrf)
    throw new Fault('forbidden', 'The form is stale: go back, load the page again, and repeat.');
}

/** Where somebody goes after signing in: only to our own pages. Browsers drop tabs and line ends, so those may not hide a host. */
export function safeNext(next: string): string {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next) ? next : '/';
}
