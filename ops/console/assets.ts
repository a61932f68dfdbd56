import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Context } from 'koa';

const require = createRequire(import.meta.url);
const types: Record<string, string> = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
const own = ['console.css', 'console.js', 'live.js', 'keys.js', 'times.js', 'charts.js', 'theme.js', 'icon.svg'];

/** Everything that a page loads; nothing comes from elsewhere. */
const assets = new Map<string, Buffer>([
  ...own.map(name => [name, readFileSync(new URL(`./assets/${name}`, import.meta.url))] as const),
  ['uPlot.min.css', readFileSync(require.resolve('uplot/dist/uPlot.min.css'))],
  ['uPlot.esm.js', readFileSync(require.resolve('uplot/dist/uPlot.esm.js'))],
]);

/** Of all of them: scripts load one another by their names, beside themselves. */
const digest = (() => {
  const hash = createHash('sha256');
  for (const body of assets.values()) hash.update(body);
  return hash.digest('base64url').slice(0, 16);
})();

/** An address that a browser may keep for ever: it holds what is at it. */
export function assetPath(name: string): string {
  return `/assets/${digest}/${name}`;
}

/** Answers for `/assets/…`; false for any other path. */
export async function answerAsset(ctx: Context): Promise<boolean> {
  const [, version, name] = /^\/assets\/([\w-]+)\/([\w.-]+)$/.exec(ctx.path) ?? [];
  const body = name === undefined ? undefined : assets.get(name);
  if (name === undefined || !body || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return false;
  // A page of another build, while one is being rolled out, gets what there is, and does not keep it.
  ctx.set('cache-control', version === digest ? 'public, max-age=31536000, immutable' : 'no-cache');
  ctx.type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  ctx.body = body;
  return true;
}
