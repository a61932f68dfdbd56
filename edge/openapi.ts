import type { z } from 'zod';
import type { Catalog } from '../shared/catalog.ts';
import { defaultMaxBodyBytes } from './mount.ts';
import type {
  Components,
  JsonSchema,
  OpenApiDocument,
  Operation,
  Parameter,
  PathItem,
  PostableKind,
  ResponseObject,
} from './openapi/document.ts';
import { faultResponses, faultResponsesOf } from './openapi/faults.ts';
import { headerParameters, requestHeadersOf, responseHeaders, responseHeadersOf } from './openapi/headers.ts';
import { describePostableKinds, withPayloads } from './openapi/kinds.ts';
import { operationIdOf, parameterNames, pascal, sharedTemplates, tagOf, templateOf } from './openapi/names.ts';
import { pruned } from './openapi/prune.ts';
import { SchemaBook } from './openapi/schema-book.ts';
import { statusMeaning } from './openapi/status-meaning.ts';
import type { RawResponse, Route } from './route.ts';
import type { Surface } from './surface.ts';

export interface DescribeOptions {
  /** Where the API is reached; unset: wherever the document was. */
  publicUrl?: string | undefined;
  /** For the routes at which jobs of any kind are posted. */
  catalog?: Catalog;
}

interface Context {
  surface: Surface;
  book: SchemaBook;
  templates: ReadonlyMap<string, string>;
  kinds: PostableKind[];
}

/** The OpenAPI 3.1 document of a surface, from its routes alone. Throws `TypeError` for routes that it can't tell apart. */
export function describeSurface(surface: Surface, { publicUrl, catalog }: DescribeOptions = {}): OpenApiDocument {
  const routes = surface.routes.filter(route => !route.hidden);
  const book = new SchemaBook();
  const kinds = catalog && routes.some(postsAnyKind) ? describePostableKinds(catalog, book) : [];
  const context = { surface, book, templates: sharedTemplates(routes.map(route => route.path)), kinds };
  const paths: Record<string, PathItem> = {};
  const operationIds = new Set<string>();
  for (const route of routes) {
    const template = context.templates.get(route.path) as string;
    const method = route.method.toLowerCase() as Lowercase<Route['method']>;
    const item = (paths[template] ??= { parameters: [{ $ref: '#/components/parameters/RequestId' }] });
    const operation = describeRoute(context, route);
    if (item[method] || operationIds.has(operation.operationId)) {
      throw new TypeError(`${surface.name}: two routes are ${route.method} ${template} (${operation.operationId})`);
    }
    operationIds.add(operation.operationId);
    item[method] = operation;
  }
  const components: Components = {
    schemas: { Fault: book.plain(surface.faultSchema), ...book.schemas },
    parameters: headerParameters,
    headers: responseHeaders,
    responses: faultResponses(surface),
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: surface.tokenDescription } },
  };
  return {
    openapi: '3.1.0',
    info: { title: surface.title, description: surface.description, version: '1.0.0' },
    servers: [{ url: publicUrl ?? '/' }],
    tags: [...new Set(routes.map(route => tagOf(route.path)))].map(name => ({ name })),
    paths,
    components: pruned(components, paths),
  };
}

function describeRoute(context: Context, route: Route): Operation {
  const { surface, book, templates, kinds } = context;
  const name = operationIdOf(route);
  const answers = Object.entries(route.response).map(([status, answer]) => {
    const schema = isRaw(answer) ? null : book.describe(answer, 'output', `${pascal(name)}Response`);
    return { status: Number(status), answer, schema };
  });
  const answersJob = answers.some(({ schema }) => schema && isJob(book.resolve(schema)));
  const parameters = [
    ...pathParameters(context, route),
    ...queryParameters(context, route),
    ...requestHeadersOf(route, answersJob),
  ];
  const responses = Object.fromEntries(
    answers.map(({ status, answer, schema }) => {
      const resource = schema !== null && 'id' in (book.resolve(schema).properties ?? {});
      const response: ResponseObject = {
        description: isRaw(answer) ? answer.description : (schema?.description ?? statusMeaning(status)),
        headers: responseHeadersOf(route, status, { resource, answersJob }),
      };
      const content = isRaw(answer) ? rawContent(answer) : (schema as JsonSchema);
      const type = isRaw(answer) ? answer.contentType : 'application/json';
      const enveloped = isRaw(answer) || route.bare ? content : surface.wrapSchema(content);
      if (status !== 204 && status !== 304) response.content = { [type]: { schema: enveloped } };
      return [String(status), response];
    }),
  );
  const template = templateOf(route.path);
  return {
    operationId: name,
    tags: [tagOf(route.path)],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.successor === undefined ? {} : { deprecated: true as const, 'x-successor': route.successor }),
    'x-roles': route.roles,
    ...(template === templates.get(route.path) ? {} : { 'x-path': template }),
    security: securityOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(context, route, name),
    responses: { ...responses, ...faultResponsesOf(surface, route) },
    ...(postsAnyKind(route) && kinds.length > 0 ? { 'x-kinds': kinds } : {}),
  };
}

function securityOf(route: Route): Record<string, string[]>[] {
  if (route.roles === 'public') return [];
  return route.roles === 'optional' ? [{}, { bearer: [] }] : [{ bearer: [] }];
}

/** In the template's words, with the route's own schemas. */
function pathParameters({ book, templates }: Context, route: Route): Parameter[] {
  const described = route.params && book.resolve(book.describe(route.params, 'input', 'Params'));
  const names = [...(templates.get(route.path) as string).matchAll(/\{(\w+)\}/g)].map(match => match[1] as string);
  return parameterNames(route.path).map((own, place) => {
    const { description, ...schema } = described?.properties?.[own] ?? { type: 'string' };
    const name = names[place] as string;
    const told = description ?? (name === own ? undefined : `The ${own}`);
    return { name, in: 'path', required: true, ...(told === undefined ? {} : { description: told }), schema };
  });
}

function queryParameters({ book }: Context, route: Route): Parameter[] {
  if (!route.query) return [];
  const { properties, required } = book.resolve(book.describe(route.query, 'input', 'Query'));
  if (!properties) throw new TypeError(`${route.method} ${route.path}: the query's schema must be an object`);
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required?.includes(name) ? { required: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function requestBodyOf({ book, kinds }: Context, route: Route, name: string): Pick<Operation, 'requestBody'> {
  if (!route.body && route.bodyKind === undefined) return {};
  const declared = route.body ? book.describe(route.body, 'input', `${pascal(name)}Body`) : {};
  const schema = postsAnyKind(route) && kinds.length > 0 ? withPayloads(declared, kinds) : declared;
  const kind = route.bodyKind ?? 'json';
  const type = kind === 'json' ? 'application/json' : kind === 'stream' && route.body ? 'multipart/form-data' : '*/*';
  const maxBytes = route.maxBodyBytes ?? (kind === 'stream' ? undefined : defaultMaxBodyBytes);
  return {
    requestBody: {
      required: !route.body || !acceptsNothing(route.body),
      ...(maxBytes === undefined ? {} : { description: `At most ${maxBytes.toLocaleString('en')} bytes.` }),
      content: { [type]: { schema } },
    },
  };
}

function acceptsNothing(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

/** Whether jobs of the kind that the path names are posted here. */
function postsAnyKind(route: Route): boolean {
  return route.idempotencyRecord === 'job' && route.path.includes('/:kind');
}

function isJob({ properties = {} }: JsonSchema): boolean {
  return 'kind' in properties && 'attempt' in properties && 'nextAttemptAt' in properties;
}

function isRaw(answer: z.ZodType | RawResponse): answer is RawResponse {
  return 'contentType' in answer;
}

function rawContent({ contentType }: RawResponse): JsonSchema {
  return contentType.startsWith('text/') ? { type: 'string' } : {};
}
