import type { z } from 'zod';
import type { Catalog } from '../../shared/catalog.ts';
import { isPublic } from '../../shared/job.ts';
import type { JsonSchema, PostableKind } from './document.ts';
import { pascal } from './names.ts';
import type { SchemaBook } from './schema-book.ts';

/** The public kinds, each with its payload and result as components. */
export function describePostableKinds(catalog: Catalog, book: SchemaBook): PostableKind[] {
  return [...catalog.values()].filter(isPublic).map(spec => {
    const name = pascal(spec.kind);
    const component = (schema: z.ZodType, io: 'input' | 'output', suffix: string) =>
      book.name(name + suffix, book.describe(schema, io, name + suffix));
    return {
      kind: spec.kind,
      summary: spec.summary,
      version: spec.version,
      roles: spec.access.post,
      payload: component(spec.payload as z.ZodType, 'input', 'Payload'),
      result: component(spec.result as z.ZodType, 'output', 'Result'),
    };
  });
}

/** A posting route's body: the payload, or items that each hold one; of one of the kinds. */
export function withPayloads(body: JsonSchema, kinds: readonly PostableKind[]): JsonSchema {
  const payload: JsonSchema = {
    description: 'The payload of the kind. Kinds that only operators may post are not listed.',
    anyOf: kinds.map(kind => ({ ...kind.payload })),
  };
  const item = body.properties?.['items']?.items;
  if (!item?.properties?.['payload']) return payload;
  const items = { ...body.properties?.['items'], items: { ...item, properties: { ...item.properties, payload } } };
  return { ...body, properties: { ...body.properties, items } };
}
