import { type JsonSchema, type OpenApiDocument, resolveReference } from '../openapi/document.ts';

const byFormat: Record<string, string> = {
  uuid: '0190a6b2-5c1d-7e3f-8a4b-9c0d1e2f3a4b',
  'date-time': '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  email: 'ada@example.com',
  uri: 'https://example.com/',
};
/** Deep enough for any body of ours; what refers to itself ends here. */
const maxDepth = 6;

/** A value that a schema admits, as far as its keywords tell; texts without a format say their own `name`. */
export function exampleOf(document: OpenApiDocument, schema: JsonSchema, name = 'text', depth = 0): unknown {
  if (schema.$ref !== undefined) {
    return exampleOf(document, resolveReference(document, schema.$ref) as JsonSchema, name, depth);
  }
  if (schema.examples?.length) return schema.examples[0];
  for (const known of [schema.const, schema.default, schema.enum?.[0]]) if (known !== undefined) return known;
  // A thing at its beginning: what may be null is null yet, which goes with the first word of its status.
  if ([schema.type].flat().includes('null')) return null;
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) {
    const [branch] = branches;
    const nullable = !branch || branches.some(({ type }) => type === 'null');
    return nullable ? null : exampleOf(document, branch, name, depth);
  }
  if (schema.allOf) {
    return Object.assign({}, ...schema.allOf.map(part => exampleOf(document, part, name, depth))) as object;
  }
  switch ([schema.type].flat()[0]) {
    case 'object':
      return exampleObject(document, schema, depth);
    case 'array':
      return schema.items && depth < maxDepth ? [exampleOf(document, schema.items, singular(name), depth + 1)] : [];
    case 'string':
      return exampleText(schema, name);
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema['minimum'] ?? 1));
    case 'boolean':
      return true;
    default:
      return {};
  }
}

function exampleObject(document: OpenApiDocument, schema: JsonSchema, depth: number): Record<string, unknown> {
  if (depth >= maxDepth) return {};
  const { properties, additionalProperties } = schema;
  if (!properties && typeof additionalProperties === 'object') {
    const anything = Object.keys(additionalProperties).length === 0;
    return { key: anything ? 'value' : exampleOf(document, additionalProperties, 'value', depth + 1) };
  }
  return Object.fromEntries(
    Object.entries(properties ?? {}).map(([key, property]) => [key, exampleOf(document, property, key, depth + 1)]),
  );
}

function exampleText({ format, minLength, maxLength }: JsonSchema, name: string): string {
  const known = format === undefined ? undefined : byFormat[format];
  if (known !== undefined) return known;
  const least = Number(minLength ?? 0);
  return name
    .repeat(Math.max(1, Math.ceil(least / name.length)))
    .slice(0, Number(maxLength ?? Number.POSITIVE_INFINITY));
}

function singular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
