import fc from 'fast-check';
import {
  isReference,
  type JsonSchema,
  type ListedOperation,
  type OpenApiDocument,
  type Parameter,
  resolveReference,
} from '../../edge/openapi/document.ts';
import { hostileBody, hostileHeader, hostileSegment, hostileText, hostileValue } from './hostile.ts';
import { arbitraryOf } from './schema-arbitrary.ts';

/** An operation of one surface's document. */
export interface FuzzedOperation extends ListedOperation {
  surface: string;
  document: OpenApiDocument;
  parameters: Parameter[];
  body: { contentType: string; schema: JsonSchema } | null;
}

/** A request before anybody knows who sends it and what exists. */
export interface Draft {
  mode: 'valid' | 'nearly valid' | 'hostile';
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  file: number;
  /** One in ten repeats an Idempotency-Key of before. */
  key: number;
  wait: boolean;
  /** Who sends it: a number to choose by, and in a hundred how unfit they are. */
  actor: number;
  unfit: number;
  spoil: Spoil;
}

/** What is wrong with it: `where` and `how` choose, the rest is what to put there. */
export interface Spoil {
  where: number;
  how: number;
  value: unknown;
  text: string;
  segment: string;
  header: [string, string];
  body: Buffer;
}

export function nameOf({ method, path }: Pick<FuzzedOperation, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

export function operationsOf(
  surface: string,
  document: OpenApiDocument,
  list: readonly ListedOperation[],
): FuzzedOperation[] {
  return list.map(listed => {
    const { operation, path } = listed;
    // Where two routes share a template, its parameters' names are of both; their places are the same.
    const ownNames = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string);
    const parameters = (operation.parameters ?? [])
      .map(parameter =>
        isReference(parameter) ? (resolveReference(document, parameter.$ref) as Parameter) : parameter,
      )
      .map(parameter => (parameter.in === 'path' ? { ...parameter, name: ownNames.shift() as string } : parameter));
    const [contentType, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
    const body = contentType === undefined ? null : { contentType, schema: media?.schema ?? {} };
    return { ...listed, surface, document, parameters, body };
  });
}

export function draftsOf({ document, parameters, body }: FuzzedOperation): fc.Arbitrary<Draft> {
  const fields = (place: Parameter['in']) => parameters.filter(parameter => parameter.in === place);
  const valuesOf = (list: Parameter[]) =>
    Object.fromEntries(list.map(({ name, schema }) => [name, arbitraryOf(document, schema, name)]));
  const query = fields('query');
  const required = query.filter(parameter => parameter.required).map(({ name }) => name);
  return fc.record(
    {
      mode: fc.oneof(
        { weight: 5, arbitrary: fc.constant('valid' as const) },
        { weight: 3, arbitrary: fc.constant('nearly valid' as const) },
        { weight: 2, arbitrary: fc.constant('hostile' as const) },
      ),
      params: fc.record(valuesOf(fields('path')), { noNullPrototype: true }),
      query: fc.record(valuesOf(query), { requiredKeys: required, noNullPrototype: true }),
      body: body && body.contentType !== '*/*' ? arbitraryOf(document, body.schema, '') : fc.jsonValue({ maxDepth: 2 }),
      file: fc.nat(),
      key: fc.nat(),
      wait: fc.integer({ min: 0, max: 9 }).map(number => number === 0),
      actor: fc.nat(),
      unfit: fc.nat(99),
      spoil: fc.record(
        {
          where: fc.nat(),
          how: fc.nat(),
          value: hostileValue,
          text: hostileText,
          segment: hostileSegment,
          header: hostileHeader,
          body: hostileBody,
        },
        { noNullPrototype: true },
      ),
    },
    { noNullPrototype: true },
  );
}
