import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '../shared/fault.ts';
import { renderIndexPage, renderSurfacePage, type SurfaceLink } from './docs/page.ts';
import { describeSurface } from './openapi.ts';
import { listOperations, type OpenApiDocument } from './openapi/document.ts';
import { defineRoute, type Reply, type Route, type RouteRequest } from './route.ts';
import type { EdgeServices } from './services.ts';
import type { Surface } from './surface.ts';

const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const htmlType = 'text/html; charset=utf-8';
const assetTypes = {
  'docs.css': 'text/css; charset=utf-8',
  'docs.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

type AssetName = keyof typeof assetTypes;

/** What every route of the documentation is: open, without an envelope, and not part of what it documents. */
const shared = { method: 'GET', roles: 'public', idempotency: 'none', bare: true, hidden: true } as const;
const page = { contentType: htmlType, description: 'A page' };
const surfaceParams = z.object({ surface: z.string() });

/** `/openapi`, `/openapi/<surface>.json`, `/docs`, `/docs/<surface>` and the pages' own files. */
export function openapiRoutes(surfaces: readonly Surface[]): Route[] {
  const assets = loadAssets();
  const documents = new Map<string, OpenApiDocument>();
  // The last page of each surface: rendering one takes several milliseconds, and readers mostly use one address.
  const pages = new Map<string, { baseUrl: string; text: string }>();
  const documentOf = (name: string, { config, catalog }: EdgeServices): OpenApiDocument => {
    const surface = surfaces.find(one => one.name === name);
    if (!surface) throw new Fault('not_found', 'There is no such surface.');
    let document = documents.get(name);
    if (!document) {
      document = describeSurface(surface, { publicUrl: config.publicUrl, catalog });
      documents.set(name, document);
    }
    return document;
  };
  const linksOf = (edge: EdgeServices): SurfaceLink[] =>
    surfaces.map(({ name, title, description }) => {
      return { name, title, description, operations: listOperations(documentOf(name, edge)).length };
    });
  const addressOf = (name: AssetName) => `/docs/assets/${name}?v=${assets[name].version}`;
  const pageAssets = { stylesheet: addressOf('docs.css'), script: addressOf('docs.js'), icon: addressOf('icon.svg') };
  return [
    defineRoute({
      ...shared,
      path: '/openapi',
      summary: 'List the OpenAPI documents',
      response: {
        200: z.object({ documents: z.array(z.object({ name: z.string(), title: z.string(), url: z.string() })) }),
      },
      handler: async request => {
        const list = surfaces.map(({ name, title }) => ({ name, title, url: `/openapi/${name}.json` }));
        return answer(request, JSON.stringify({ documents: list }), 'application/json; charset=utf-8');
      },
    }),
    defineRoute({
      ...shared,
      path: '/openapi/:surface.json',
      summary: 'Read an OpenAPI document',
      params: surfaceParams,
      response: { 200: { contentType: 'application/json', description: 'An OpenAPI 3.1 document' } },
      handler: async request => {
        const document = documentOf(request.params.surface, request.edge);
        return answer(request, JSON.stringify(document), 'application/json; charset=utf-8');
      },
    }),
    defineRoute({
      ...shared,
      path: '/docs',
      summary: 'Read about every surface',
      response: { 200: page },
      handler: async request => answer(request, renderIndexPage(linksOf(request.edge), pageAssets), htmlType),
    }),
    defineRoute({
      ...shared,
      path: '/docs/:surface',
      summary: 'Read about a surface',
      params: surfaceParams,
      response: { 200: page },
      handler: async request => {
        const { params, edge } = request;
        const baseUrl = baseUrlOf(request);
        let kept = pages.get(params.surface);
        if (kept?.baseUrl !== baseUrl) {
          const options = { name: params.surface, surfaces: linksOf(edge), assets: pageAssets, baseUrl };
          kept = { baseUrl, text: renderSurfacePage(documentOf(params.surface, edge), options) };
          pages.set(params.surface, kept);
        }
        return answer(request, kept.text, htmlType);
      },
    }),
    defineRoute({
      ...shared,
      path: '/docs/assets/:name',
      summary: "Read one of the pages' own files",
      params: z.object({ name: z.string() }),
      response: { 200: { contentType: '*/*', description: 'The file' } },
      handler: async ({ params: { name } }) => {
        if (!Object.hasOwn(assets, name)) throw new Fault('not_found', 'There is no such file.');
        const { body } = assets[name as AssetName];
        const headers = {
          'content-type': assetTypes[name as AssetName],
          'cache-control': 'public, max-age=31536000, immutable',
        };
        return { status: 200, body, headers };
      },
    }),
  ];
}

/** Text with its own tag, pages with their own policy; 304 where the client has it already. */
function answer({ headers: sent }: RouteRequest, text: string, contentType: string): Reply {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const headers: Record<string, string> = { etag, 'cache-control': 'public, max-age=60' };
  if (contentType === htmlType) headers['content-security-policy'] = pagePolicy;
  if (sent['if-none-match'] === etag) return { status: 304, headers };
  return { status: 200, body: text, headers: { ...headers, 'content-type': contentType } };
}

/** The public address where one is set, else what the client called us. */
function baseUrlOf({ edge: { config }, headers: { host } }: RouteRequest): string {
  if (config.publicUrl !== undefined) return config.publicUrl.replace(/\/+$/, '');
  return `http://${host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) ? host : `${config.host}:${config.port}`}`;
}

/** The version is of the content, so that a file may be kept for ever. */
function loadAssets(): Record<AssetName, { body: Buffer; version: string }> {
  const load = (name: AssetName) => {
    const body = readFileSync(new URL(`./docs/${name}`, import.meta.url));
    return [name, { body, version: createHash('sha256').update(body).digest('hex').slice(0, 12) }] as const;
  };
  return Object.fromEntries((Object.keys(assetTypes) as AssetName[]).map(load)) as ReturnType<typeof loadAssets>;
}
