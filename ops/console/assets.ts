import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Context } from 'koa';

interface Asset {
  type: string;
  body: Buffer;
  etag: string;
}

const require = createRequire(import.meta.url);
const types: Record<string, string> = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };

/** Everything that a page loads; nothing comes from elsewhere. */
const assets = new Map<string, Asset>([
  ...['console.css', 'console.js', 'charts.js', 'theme.js', 'icon.svg'].map(
    name => [name, load(name, new URL(`./assets/${name}`, import.meta.url))] as const,
  ),
  ['uPlot.min.css', load('uPlot.min.css', require.resolve('uplot/dist/uPlot.min.css'))],
  ['uPlot.esm.js', load('uPlot.esm.js', require.resolve('uplot/dist/uPlot.esm.js'))],
]);

/** Answers for `/assets/…`; false for any other path. */
export async function answerAsset(ctx: Context): Promise<boolean> {
  const name = /^\/assets\/([\w.-]+)$/.exec(ctx.path)?.[1];
  const asset = name === undefined ? undefined : assets.get(name);
  if (!asset || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return false;
  ctx.set('cache-control', 'no-cache');
  ctx.set('etag', asset.etag);
  ctx.type = asset.type;
  ctx.status = 200;
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = asset.body;
  return true;
}

function load(name: string, path: string | URL): Asset {
  const body = readFileSync(path);
  const type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
