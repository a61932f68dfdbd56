/** JSON Schema, draft 2020-12, as far as `z.toJSONSchema` writes it. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  format?: string;
  [keyword: string]: unknown;
}

/** A type alias, so that it is a `JsonSchema` too. */
export type Reference = { $ref: string };

/** OpenAPI 3.1 lets a reference say for itself what it is here. */
export type DescribedReference = Reference & { description: string };

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: JsonSchema;
}

export interface Header {
  description: string;
  schema: JsonSchema;
}

export interface Media {
  schema?: JsonSchema;
  example?: unknown;
}

export interface ResponseObject {
  description: string;
  headers?: Record<string, Reference>;
  content?: Record<string, Media>;
}

/** A kind of job that may be posted at an operation. */
export interface PostableKind {
  kind: string;
  summary: string;
  version: number;
  roles: readonly string[];
  payload: Reference;
  result: Reference;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  deprecated?: true;
  security?: Record<string, string[]>[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { required: boolean; description?: string; content: Record<string, Media> };
  responses: Record<string, ResponseObject | DescribedReference>;
  /** As the route says it: `public`, `optional`, `any`, or a list of roles. */
  'x-roles': string | readonly string[];
  /** The path in the route's own words, where two routes had to share one template. */
  'x-path'?: string;
  'x-kinds'?: PostableKind[];
  /** The path to call instead of a deprecated one. */
  'x-successor'?: string;
}

export interface Components {
  schemas: Record<string, JsonSchema>;
  parameters: Record<string, Parameter>;
  headers: Record<string, Header>;
  responses: Record<string, ResponseObject>;
  securitySchemes: Record<string, { type: 'http'; scheme: 'bearer'; description: string }>;
}

/** Lower-case method → operation; `parameters` holds for all of them. */
export type PathItem = { parameters?: Reference[] } & Partial<
  Record<'get' | 'post' | 'put' | 'patch' | 'delete', Operation>
>;

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; description: string; version: string };
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, PathItem>;
  components: Components;
}

export interface ListedOperation {
  method: string;
  path: string;
  operation: Operation;
}

/** Every operation, in the order of the document; `path` in the route's own words. */
export function listOperations(document: OpenApiDocument): ListedOperation[] {
  return Object.entries(document.paths).flatMap(([template, item]) => {
    const { parameters: _, ...operations } = item;
    return Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: operation['x-path'] ?? template,
      operation,
    }));
  });
}

export function isReference<Value extends object>(value: Value): value is Extract<Value, Reference> {
  return '$ref' in value;
}

/** What a `#/…` reference of the document points to. Throws `TypeError` for one that points nowhere. */
export function resolveReference(document: Pick<OpenApiDocument, 'components'>, reference: string): unknown {
  let value: unknown = document;
  for (const part of reference.split('/').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (value === undefined) throw new TypeError(`the reference ${reference} points nowhere`);
  return value;
}
