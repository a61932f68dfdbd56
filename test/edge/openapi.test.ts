import assert from 'node:assert/strict';
import { z } from 'zod';
import { loadSurfaces } from '../../edge/app.ts';
import { jobsSurface } from '../../edge/jobs/surface.ts';
import { describeSurface } from '../../edge/openapi.ts';
import {
  isReference,
  listOperations,
  resolveReference,
  type JsonSchema,
  type Operation,
  type OpenApiDocument,
  type Parameter,
  type ResponseObject,
} from '../../edge/openapi/document.ts';
import { defineRoute, type Route } from '../../edge/route.ts';
import type { Surface } from '../../edge/surface.ts';
import { loadCatalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { driftedFiles, openapiFiles } from '../../ops/openapi.ts';

const catalog = loadCatalog({ echoKinds: true });
const schemaTypes = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']);

/** Visits every value below `value`. */
function walk(value: unknown, visit: (part: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Record<string, unknown>);
  for (const part of Object.values(value)) walk(part, visit);
}

/** The surface with other routes, all of them as short as can be. */
function surfaceWith(...routes: Partial<Route>[]): Surface {
  const route = {
    method: 'GET',
    path: '/jobs/thing',
    summary: 'A thing',
    roles: 'any',
    response: { 200: z.object({ a: z.string() }) },
    idempotency: 'none',
    handler: async () => ({ status: 200 }),
  } as const;
  return {
    ...jobsSurface({ verifiers: {} }),
    routes: routes.map(given => defineRoute({ ...route, ...given } as never)),
  };
}

function onlyOperation(document: OpenApiDocument): Operation {
  const [listed] = listOperations(document);
  assert.ok(listed);
  return listed.operation;
}

describe('the OpenAPI document', () => {
  for (const surface of loadSurfaces()) {
    describe(`of ${surface.name}`, () => {
      const document = describeSurface(surface, { catalog });
      const operations = listOperations(document);

      it('has every route that is not hidden, once', () => {
        const declared = surface.routes.filter(route => !route.hidden);
        const expected = declared.map(route => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`);
        assert.deepEqual(operations.map(({ method, path }) => `${method} ${path}`).toSorted(), expected.toSorted());
      });

      it('names operations uniquely', () => {
        const names = operations.map(({ operation }) => operation.operationId);
        assert.equal(new Set(names).size, names.length);
        for (const name of names) assert.match(name, /^[a-z][A-Za-z0-9]*$/);
      });

      it('refers only to what it holds, and holds only what it refers to', () => {
        const referred = new Set<string>();
        walk(document, part => {
          if (typeof part['$ref'] !== 'string') return;
          assert.match(part['$ref'], /^#\/components\//);
          assert.ok(resolveReference(document, part['$ref']));
          referred.add(part['$ref']);
        });
        const { securitySchemes: _, ...components } = document.components;
        for (const [section, parts] of Object.entries(components)) {
          for (const name of Object.keys(parts)) assert.ok(referred.has(`#/components/${section}/${name}`), name);
        }
      });

      it('declares the parameters of its paths, and no two paths of one shape', () => {
        for (const [template, { parameters: _, ...item }] of Object.entries(document.paths)) {
          const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(match => match[1]);
          for (const { parameters = [] } of Object.values(item)) {
            const declared = parameters.filter((one): one is Parameter => !isReference(one) && one.in === 'path');
            assert.deepEqual(
              declared.map(({ name }) => name),
              inPath,
            );
            assert.ok(declared.every(({ required }) => required));
          }
        }
        const shapes = Object.keys(document.paths).map(path => path.replace(/\{\w+\}/g, '{}'));
        assert.equal(new Set(shapes).size, shapes.length);
      });

      it('has schemas that are JSON Schema', () => {
        const schemas: JsonSchema[] = Object.values(document.components.schemas);
        walk(document, part => {
          if (typeof part['schema'] === 'object') schemas.push(part['schema'] as JsonSchema);
        });
        for (const schema of schemas) {
          walk(schema, part => {
            if (part['$schema'] !== undefined || part['$defs'] !== undefined) assert.fail('a schema of its own within');
            const { type, properties, required, pattern } = part as JsonSchema & { pattern?: unknown };
            if (typeof type === 'string' || Array.isArray(type)) {
              for (const one of [type].flat()) assert.ok(schemaTypes.has(one), one);
            }
            if (Array.isArray(required)) for (const name of required) assert.ok(name in (properties ?? {}), name);
            if (typeof pattern === 'string') assert.doesNotThrow(() => new RegExp(pattern, 'u'));
          });
        }
      });

      it('says how each operation that needs a token fails without one, in the envelope of the surface', () => {
        for (const { operation } of operations) {
          if (operation['x-roles'] === 'public' || operation['x-roles'] === 'optional') continue;
          assert.deepEqual(operation.security, [{ bearer: [] }]);
          const refused = operation.responses['401'];
          assert.ok(refused && isReference(refused), operation.operationId);
          const { content, headers } = resolveReference(document, refused.$ref) as ResponseObject;
          const [media] = Object.values(content ?? {});
          assert.ok(media);
          assert.deepEqual(media.schema, { $ref: '#/components/schemas/Fault' });
          assert.ok(headers?.['WWW-Authenticate']);
          for (const name of document.components.schemas['Fault']?.required ?? []) {
            assert.ok(Object.hasOwn(media.example as object, name), name);
          }
        }
      });
    });
  }

  it('describes the payload and the result of every public kind where jobs are posted', () => {
    const document = describeSurface(jobsSurface({ verifiers: {} }), { catalog });
    const post = listOperations(document).find(({ method, path }) => method === 'POST' && path === '/jobs/{kind}');
    assert.ok(post);
    const kinds = post.operation['x-kinds']?.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['noop', 'noop-local']);
    const schema = post.operation.requestBody?.content['application/json']?.schema;
    assert.deepEqual(schema?.anyOf, [
      { $ref: '#/components/schemas/NoopPayload' },
      { $ref: '#/components/schemas/NoopLocalPayload' },
    ]);
    assert.deepEqual(document.components.schemas['NoopPayload'], { type: 'object', additionalProperties: {} });
  });

  it('declares the headers of idempotency, of waiting and of unchanged answers where they mean something', () => {
    const document = describeSurface(jobsSurface({ verifiers: {} }), { catalog });
    const headersOf = (method: string, path: string) => {
      const listed = listOperations(document).find(one => one.method === method && one.path === path);
      return (listed?.operation.parameters ?? []).filter(isReference).map(({ $ref }) => $ref.split('/').at(-1));
    };
    assert.deepEqual(headersOf('POST', '/jobs/{kind}'), ['IdempotencyKey', 'Prefer']);
    assert.deepEqual(headersOf('POST', '/jobs/{kind}/batch'), ['IdempotencyKey']);
    assert.deepEqual(headersOf('GET', '/jobs/{id}'), ['Prefer', 'IfNoneMatch']);
    assert.deepEqual(headersOf('GET', '/jobs/{id}/events'), ['LastEventId']);
    assert.deepEqual(headersOf('GET', '/jobs'), []);
    const posted = document.paths['/jobs/{kindOrId}']?.post?.responses['202'] as ResponseObject;
    for (const name of ['Location', 'Retry-After', 'ETag', 'RateLimit', 'Idempotent-Replayed']) {
      assert.ok(posted.headers?.[name], name);
    }
  });

  it('tells how any request may be refused, and what else a route declares', () => {
    const statusesOf = (route: Partial<Route>) =>
      Object.keys(onlyOperation(describeSurface(surfaceWith(route))).responses).join(' ');
    assert.equal(statusesOf({}), '200 400 401 403 429 503');
    assert.equal(statusesOf({ roles: 'public', limitPerMinute: 0 }), '200 400');
    const hook = { method: 'POST', roles: 'public', limitPerMinute: 0, faults: ['unauthenticated'] } as const;
    assert.equal(statusesOf(hook), '200 400 401 503');
  });

  it('tells of refusals that no declaration shows but the work gives', () => {
    const told: Record<string, string> = {
      'POST /api/v1/auth/login': '401',
      'POST /api/v1/auth/refresh': '401',
      'GET /api/v1/sell/connect/return': '401',
      'POST /api/v1/webhooks/hyperswitch': '401',
      'POST /api/v1/live/hooks/publish': '401 403',
      'POST /api/v1/live/hooks/done': '401',
      'POST /api/v1/marketplace/orders': '404',
      'GET /api/v1/marketplace/orders/{id}/invoice': '409',
      'GET /api/v1/marketplace/orders/{id}/credit-note': '409',
      'POST /client/hubs': '404',
      'POST /client/orders/one-time': '404',
      'POST /staff/clock-in': '404',
      'POST /staff/clock-out': '404',
      'POST /staff/profile/photo': '404',
      'POST /staff/profile/certificates': '404',
    };
    const operations = loadSurfaces().flatMap(surface => listOperations(describeSurface(surface, { catalog })));
    for (const [name, statuses] of Object.entries(told)) {
      const found = operations.find(({ method, path }) => name === `${method} ${path}`);
      for (const status of statuses.split(' ')) assert.ok(found?.operation.responses[status], `${name} ${status}`);
    }
  });

  it("keeps a problem's own members whatever a fault's details are called", () => {
    const details = { status: 200, requestId: 'x', index: 3 };
    const { body } = jobsSurface({ verifiers: {} }).explain(new Fault('invalid', 'x', { details }), 400, 'r');
    const { status, requestId, index } = body as Record<string, unknown>;
    assert.deepEqual([status, requestId, index], [400, 'r', 3]);
  });

  it("puts a success in its surface's envelope, and a bare one in none", () => {
    const wrapped = { wrapSchema: (data: JsonSchema) => ({ type: 'object', properties: { data } }) };
    const schemaOf = (route: Partial<Route>) => {
      const { responses } = onlyOperation(describeSurface({ ...surfaceWith(route), ...wrapped }));
      return (responses['200'] as ResponseObject).content?.['application/json']?.schema;
    };
    const plain = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    assert.deepEqual(schemaOf({}), { type: 'object', properties: { data: plain } });
    assert.deepEqual(schemaOf({ bare: true }), plain);
  });

  it('marks a route with a successor as deprecated', () => {
    const operation = onlyOperation(describeSurface(surfaceWith({ successor: '/jobs/other' })));
    assert.equal(operation.deprecated, true);
    assert.equal(operation.operationId, 'getJobsThingDeprecated');
    assert.ok((operation.responses['200'] as ResponseObject).headers?.['Deprecation']);
  });

  it('takes query parameters as they are sent and body schemas with a name as components', () => {
    const named = z.strictObject({ b: z.int() }).meta({ id: 'TestOnlyThing' });
    const query = z.object({ limit: z.coerce.number().int().min(1).default(20).describe('How many') });
    const document = describeSurface(
      surfaceWith({ method: 'POST', query, body: z.object({ one: named, two: named }) }),
    );
    const { parameters, requestBody } = onlyOperation(document);
    assert.deepEqual(parameters, [
      { name: 'limit', in: 'query', description: 'How many', schema: { default: 20, type: 'integer', minimum: 1 } },
    ]);
    assert.equal(requestBody?.required, true);
    assert.deepEqual(requestBody?.content['application/json']?.schema?.properties, {
      one: { $ref: '#/components/schemas/TestOnlyThing' },
      two: { $ref: '#/components/schemas/TestOnlyThing' },
    });
    assert.equal(document.components.schemas['TestOnlyThing']?.additionalProperties, false);
  });

  it('follows a schema that refers to itself', () => {
    interface Tree {
      children: Tree[];
    }
    const tree: z.ZodType<Tree> = z.object({ children: z.lazy(() => z.array(tree)) });
    const document = describeSurface(surfaceWith({ method: 'POST', body: tree }));
    const { schema } = onlyOperation(document).requestBody?.content['application/json'] ?? {};
    assert.deepEqual(schema, { $ref: '#/components/schemas/PostJobsThingBody' });
    assert.deepEqual(document.components.schemas['PostJobsThingBody']?.properties?.['children'], {
      type: 'array',
      items: schema,
    });
  });

  it('refuses two routes of one method and shape', () => {
    const surface = surfaceWith({ path: '/jobs/:a' }, { path: '/jobs/:b' });
    assert.throws(() => describeSurface(surface), TypeError);
  });

  it('is written the same way each time, and a file that says otherwise is named', async () => {
    const files = openapiFiles();
    assert.deepEqual(openapiFiles(), files);
    for (const text of files.values()) assert.match(text, /^\{\n {2}"openapi": "3\.1\.0",[^]*\n\}\n$/);
    const drifted = await driftedFiles(new Map([...files.keys()].map(name => [name, 'something else\n'])));
    assert.deepEqual(drifted, [...files.keys()]);
  });
});
