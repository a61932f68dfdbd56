import { type JsonSchema, type OpenApiDocument, resolveReference } from '../../edge/openapi/document.ts';
import { isUuid } from '../../shared/uuid.ts';

type Book = Pick<OpenApiDocument, 'components'>;
type Check = (schema: JsonSchema, value: unknown, at: string, closed: boolean) => string[];

/**
 * What of a value is not as its schema says, a line each; as far as our documents go: a keyword that they have not used so
 * far throws `TypeError`. A field that an object's schema does not name is a mistake, unless it names none: our documents
 * leave answers open, so that clients bear new fields, but what we answer today they must tell.
 */
export function schemaMistakes(document: Book, root: JsonSchema, answered: unknown): string[] {
  const check: Check = (given, value, at, closed) => {
    const schema = resolve(document, given);
    for (const keyword of Object.keys(schema))
      if (!(keyword in keywords) && !silent.has(keyword)) throw new TypeError(`${at}: the keyword ${keyword}`);
    const types = schema.type === undefined ? null : [schema.type].flat();
    if (types && !types.some(type => isOf(type, value)))
      return [`${at}: ${show(value)} is not of the type ${types.join(' or ')}`];
    const mistakes = Object.entries(keywords).flatMap(([keyword, look]) =>
      schema[keyword] === undefined ? [] : look(check, schema, value, at, closed),
    );
    if (!closed || !isObject(value)) return mistakes;
    const known = knownFields(document, schema, branch => check(branch, value, at, true).length === 0);
    if (known === null) return mistakes;
    return [...mistakes, ...difference(Object.keys(value), known).map(name => `${at}.${name}: is not documented`)];
  };
  return check(root, answered, '$', true);
}

function resolve(document: Book, schema: JsonSchema): JsonSchema {
  return schema.$ref === undefined ? schema : (resolveReference(document, schema.$ref) as JsonSchema);
}

/** Null where any name will do. */
function knownFields(
  document: Book,
  given: JsonSchema,
  fits: (branch: JsonSchema) => boolean,
): ReadonlySet<string> | null {
  const schema = resolve(document, given);
  if (schema.additionalProperties !== undefined) return null;
  const { properties, allOf = [], anyOf, oneOf } = schema;
  const fitting = [...(anyOf ?? []), ...(oneOf ?? [])].filter(fits);
  if (!properties && allOf.length === 0 && fitting.length === 0) return null;
  const parts = [...allOf, ...fitting].map(part => knownFields(document, part, fits));
  if (parts.includes(null)) return null;
  return new Set([...Object.keys(properties ?? {}), ...parts.flatMap(part => [...(part ?? [])])]);
}

type Look = (check: Check, schema: JsonSchema, value: unknown, at: string, closed: boolean) => string[];

/** Each says nothing of a value that is of another type than its own. */
const keywords: Record<string, Look> = {
  type: () => [],
  allOf: (check, { allOf = [] }, value, at) => allOf.flatMap(part => check(part, value, at, false)),
  anyOf: (check, { anyOf = [] }, value, at, closed) => oneFits(check, anyOf, value, at, closed),
  oneOf: (check, { oneOf = [] }, value, at, closed) => oneFits(check, oneOf, value, at, closed),
  const: (_check, schema, value, at) =>
    value === schema.const ? [] : [`${at}: ${show(value)} is not ${show(schema.const)}`],
  enum: (_check, schema, value, at) =>
    schema.enum?.includes(value) ? [] : [`${at}: ${show(value)} is none of ${show(schema.enum)}`],
  properties: (check, { properties = {} }, value, at) =>
    isObject(value)
      ? Object.entries(properties).flatMap(([name, part]) =>
          Object.hasOwn(value, name) ? check(part, value[name], `${at}.${name}`, true) : [],
        )
      : [],
  required: (_check, { required = [] }, value, at) =>
    isObject(value)
      ? required.filter(name => !Object.hasOwn(value, name)).map(name => `${at}.${name}: is missing`)
      : [],
  additionalProperties: (check, { additionalProperties, properties = {} }, value, at) => {
    if (!isObject(value) || additionalProperties === true) return [];
    const others = difference(Object.keys(value), new Set(Object.keys(properties)));
    return typeof additionalProperties === 'object'
      ? others.flatMap(name => check(additionalProperties, value[name], `${at}.${name}`, true))
      : others.map(name => `${at}.${name}: is not documented`);
  },
  propertyNames: (check, { propertyNames }, value, at) =>
    isObject(value)
      ? Object.keys(value).flatMap(name => check(propertyNames as JsonSchema, name, `${at}.${name} (its name)`, true))
      : [],
  items: (check, { items = {} }, value, at) =>
    Array.isArray(value) ? value.flatMap((item, index) => check(items, item, `${at}[${index}]`, true)) : [],
  minItems: limit('minItems', 'array', (size, bound) => size >= bound),
  maxItems: limit('maxItems', 'array', (size, bound) => size <= bound),
  minLength: limit('minLength', 'string', (size, bound) => size >= bound),
  maxLength: limit('maxLength', 'string', (size, bound) => size <= bound),
  minimum: limit('minimum', 'number', (size, bound) => size >= bound),
  maximum: limit('maximum', 'number', (size, bound) => size <= bound),
  multipleOf: limit('multipleOf', 'number', (size, bound) => Math.abs(size / bound - Math.round(size / bound)) < 1e-6),
  pattern: (_check, { pattern }, value, at) =>
    typeof value === 'string' && !new RegExp(pattern as string, 'u').test(value)
      ? [`${at}: ${show(value)} is not like ${String(pattern)}`]
      : [],
  format: (_check, { format = '' }, value, at) => {
    const look = formats[format];
    if (!look) throw new TypeError(`${at}: the format ${format}`);
    return typeof value === 'string' && !look(value) ? [`${at}: ${show(value)} is no ${format}`] : [];
  },
};

/** They assert nothing. */
const silent = new Set(['$ref', 'title', 'description', 'default', 'examples']);

const formats: Record<string, (text: string) => boolean> = {
  uuid: isUuid,
  date: text => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  'date-time': text =>
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text)),
  email: text => /^[^\s@]+@[^\s@]+$/.test(text),
  uri: text => URL.canParse(text),
  binary: () => true,
};

function oneFits(check: Check, branches: JsonSchema[], value: unknown, at: string, closed: boolean): string[] {
  const tries = branches.map(branch => check(branch, value, at, closed));
  if (tries.some(mistakes => mistakes.length === 0)) return [];
  const nearest = tries.toSorted((a, b) => a.length - b.length)[0] ?? [];
  return [`${at}: fits none of ${branches.length} alternatives; of one: ${nearest.join('; ')}`];
}

function limit(
  keyword: string,
  type: 'array' | 'string' | 'number',
  holds: (size: number, bound: number) => boolean,
): Look {
  return (_check, schema, value, at) => {
    const size = sizeOf(type, value);
    return size === null || holds(size, schema[keyword] as number) ? [] : [`${at}: ${show(value)} breaks ${keyword}`];
  };
}

function sizeOf(type: 'array' | 'string' | 'number', value: unknown): number | null {
  if (type === 'array') return Array.isArray(value) ? value.length : null;
  if (type === 'string') return typeof value === 'string' ? [...value].length : null;
  return typeof value === 'number' ? value : null;
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function difference(names: readonly string[], known: ReadonlySet<string>): string[] {
  return names.filter(name => !known.has(name));
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 120);
}
