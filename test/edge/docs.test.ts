import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { z } from 'zod';
import { loadSurfaces } from '../../edge/app.ts';
import { openapiRoutes } from '../../edge/docs.ts';
import { curlOf } from '../../edge/docs/curl.ts';
import { exampleOf } from '../../edge/docs/example.ts';
import { html, prose, render } from '../../shared/html.ts';
import { jobsSurface } from '../../edge/jobs/surface.ts';
import { mountSurface, type MountedContext } from '../../edge/mount.ts';
import { describeSurface } from '../../edge/openapi.ts';
import { listOperations, type OpenApiDocument } from '../../edge/openapi/document.ts';
import { RateLimits } from '../../edge/rate-limit.ts';
import { defineRoute } from '../../edge/route.ts';
import type { EdgeServices } from '../../edge/services.ts';
import type { Surface } from '../../edge/surface.ts';
import { loadCatalog } from '../../shared/catalog.ts';

const catalog = loadCatalog({ echoKinds: true });
const requestId = '0190a6b2-5c1d-7e3f-8a4b-9c0d1e2f3a4b';

/** What the documentation's routes touch of an edge. */
const edge = {
  config: { host: '127.0.0.1', port: 8080, requestsPerMinute: 10_000, serviceRequestsPerMinute: 10_000 },
  catalog,
} as unknown as EdgeServices;

const nasty = '<script>alert("x")</script>';
const nastySurface: Surface = {
  ...jobsSurface({ verifiers: {} }),
  name: 'workforce',
  title: nasty,
  description: nasty,
  tokenDescription: nasty,
  routes: [
    defineRoute({
      method: 'POST',
      path: '/nasty/:id',
      summary: nasty,
      description: `\`${nasty}\` ${nasty}`,
      roles: [nasty],
      body: z.object({ [nasty]: z.enum([nasty, "it's"]).describe(nasty), note: z.literal("it's") }),
      response: { 200: z.object({ a: z.literal(nasty) }).describe(nasty) },
      idempotency: 'none',
      successor: nasty,
      handler: async () => ({ status: 200 }),
    }),
  ],
};

describe('the browsable API page', () => {
  const documented = loadSurfaces();
  let server: Server;
  let base: string;

  before(async () => {
    const surface = { ...jobsSurface({ verifiers: {} }), routes: openapiRoutes([...documented, nastySurface]) };
    const answer = mountSurface(surface, edge, new RateLimits(edge.config));
    const app = new Koa();
    app.use(async ctx => {
      Object.assign(ctx.state, { requestId, surface });
      await answer(ctx as unknown as MountedContext);
    });
    const handle = app.callback();
    server = createServer((request, response) => void handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(base + path, { headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  it('shows every operation of every surface, with a link to it and a command that calls it', async () => {
    for (const surface of documented) {
      const { status, text } = await get(`/docs/${surface.name}`);
      assert.equal(status, 200);
      for (const { operation } of listOperations(describeSurface(surface, { catalog }))) {
        assert.ok(text.includes(`id="${operation.operationId}"`), operation.operationId);
        assert.ok(text.includes(`href="#${operation.operationId}"`), operation.operationId);
      }
      assert.ok(text.includes(`${base}/`));
    }
  });

  it('lets no text become a tag', async () => {
    for (const path of ['/docs', '/docs/workforce']) {
      const { text } = await get(path);
      assert.ok(text.includes('&lt;script&gt;'));
      assert.ok(!text.includes('<script>'));
      assert.equal(text.match(/<script/g)?.length, 1);
      assert.ok(!/ on\w+=/.test(text));
    }
  });

  it('may load nothing but its own style and script, by addresses that last', async () => {
    const { headers, text } = await get('/docs/jobs');
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:/);
    assert.ok(!text.includes('style='));
    const addresses = [...text.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map(match => match[1] as string);
    assert.equal(addresses.length, 3);
    for (const address of addresses) {
      const asset = await get(address);
      assert.equal(asset.status, 200);
      assert.match(asset.headers.get('cache-control') ?? '', /immutable/);
      assert.match(asset.headers.get('content-type') ?? '', /^(text\/css|text\/javascript|image\/svg\+xml)/);
    }
  });

  it('answers 304 to a reader who has the page already', async () => {
    const first = await get('/docs/jobs');
    const etag = first.headers.get('etag') ?? '';
    const second = await get('/docs/jobs', { 'if-none-match': etag });
    assert.equal(second.status, 304);
    assert.equal(second.text, '');
  });

  it('serves the document of each surface and a list of them', async () => {
    const list = JSON.parse((await get('/openapi')).text) as { documents: { name: string; url: string }[] };
    assert.deepEqual(
      list.documents.map(({ name }) => name),
      [...documented, nastySurface].map(({ name }) => name),
    );
    for (const { url } of list.documents) {
      const { status, headers, text } = await get(url);
      assert.equal(status, 200);
      assert.match(headers.get('content-type') ?? '', /^application\/json/);
      assert.equal((JSON.parse(text) as OpenApiDocument).openapi, '3.1.0');
    }
  });

  it('answers 404 for a surface and a file that are not there', async () => {
    for (const path of ['/docs/nobody', '/openapi/nobody.json', '/docs/assets/page.ts', '/docs/assets/__proto__']) {
      assert.equal((await get(path)).status, 404, path);
    }
  });
});

describe('the parts of the API page', () => {
  it('escapes every value of a template but markup', () => {
    const inner = html`<b>${'<&"\''}</b>`;
    assert.equal(render(html`${inner}${[inner, 1]}${null}${false}`), `${render(inner).repeat(2)}1`);
    assert.equal(render(inner), '<b>&lt;&amp;&quot;&#39;</b>');
    assert.equal(render(html`${prose('a `b<` c')}`), 'a <code>b&lt;</code> c');
  });

  it('gives an example that its schema admits', () => {
    const schema = z.strictObject({
      id: z.uuid(),
      email: z.email(),
      at: z.iso.datetime(),
      names: z.array(z.string().min(3)).min(1),
      password: z.string().min(10).max(12),
      count: z.int().min(4),
      choice: z.union([z.literal('a'), z.int()]),
      later: z.string().nullable(),
      extra: z.record(z.string(), z.boolean()),
    });
    const document = describeSurface(jobsSurface({ verifiers: {} }));
    const example = exampleOf(document, z.toJSONSchema(schema) as Record<string, unknown>);
    assert.deepEqual(schema.safeParse(example).error?.issues ?? [], []);
  });

  it('writes a command whose quotes hold, whatever the example says', () => {
    const document = describeSurface(nastySurface);
    const [listed] = listOperations(document);
    assert.ok(listed);
    const command = curlOf(document, listed, 'http://127.0.0.1:8080');
    assert.match(command, /^curl -X POST 'http:\/\/127\.0\.0\.1:8080\/nasty\/id' \\\n/);
    assert.match(command, /-H "Authorization: Bearer \$TOKEN"/);
    assert.ok(command.includes(String.raw`"note":"it'\''s"`));
  });
});
