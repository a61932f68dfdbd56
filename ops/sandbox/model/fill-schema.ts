type JsonObject = Record<string, unknown>;

const maxDepth = 16;
/** A reference counts for as many levels: what refers to itself twice would else grow without end. */
const levelsOfReference = 4;
const maxPadding = 1000;
const echoedWords = 8;

/**
 * A value of a schema's shape, always the same for the same prompt: `const` and the first of an `enum` as they are, texts echo the prompt's first
 * words, numbers are its first that is within bounds, and `true` is only what it calls true or yes: the sandbox looks at nothing, and must not
 * seem sure. A value that has no choice ends at 16 levels with null.
 */
export function fillSchema(schema: unknown, prompt: string, root: unknown = schema, depth = 0): unknown {
  const fill = (inner: unknown): unknown => fillSchema(inner, prompt, root, depth + 1);
  if (!isObject(schema) || depth > maxDepth) return null;
  if (typeof schema['$ref'] === 'string')
    return fillSchema(resolve(root, schema['$ref']), prompt, root, depth + levelsOfReference);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0] ?? null;
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices))
    return fill(choices.find(choice => !isObject(choice) || choice['type'] !== 'null') ?? null);
  switch ([schema['type']].flat().find(type => type !== 'null') ?? (schema['properties'] ? 'object' : 'null')) {
    case 'object':
      return fillObject(schema, fill);
    case 'array':
      return Array.from({ length: Math.min(numberOr(schema['minItems'], 1), 100) }, () => fill(schema['items']));
    case 'string':
      return fillText(schema, prompt);
    case 'integer':
    case 'number':
      return fillNumber(schema, prompt);
    case 'boolean':
      return /\b(true|yes)\b/i.test(prompt);
    default:
      return null;
  }
}

/** The prompt's first words, or, without any, a word of our own. */
export function echo(prompt: string): string {
  return prompt.split(/\s+/).filter(Boolean).slice(0, echoedWords).join(' ') || 'nothing';
}

function fillObject(schema: JsonObject, fill: (inner: unknown) => unknown): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const names = new Set([...Object.keys(properties), ...required]);
  return Object.fromEntries(
    [...names].map(name => [name, fill(Object.hasOwn(properties, name) ? properties[name] : null)]),
  );
}

function fillText({ format, minLength, maxLength }: JsonObject, prompt: string): string {
  const day = /\b\d{4}-\d{2}-\d{2}\b/.exec(prompt)?.[0] ?? '2026-01-01';
  if (format === 'date') return day;
  if (format === 'date-time') return `${day}T00:00:00Z`;
  return echo(prompt)
    .padEnd(Math.min(numberOr(minLength, 0), maxPadding), '.')
    .slice(0, numberOr(maxLength, maxPadding));
}

function fillNumber({ type, minimum, maximum }: JsonObject, prompt: string): number {
  const least = numberOr(minimum, Number.NEGATIVE_INFINITY);
  const most = numberOr(maximum, Number.POSITIVE_INFINITY);
  const numbers = (prompt.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  const fits = (number: number): boolean =>
    number >= least && number <= most && (type !== 'integer' || Number.isInteger(number));
  return numbers.find(fits) ?? (fits(0) ? 0 : Number.isFinite(least) ? Math.ceil(least) : Math.floor(most));
}

/** What `#/$defs/name` points to. */
function resolve(root: unknown, pointer: string): unknown {
  let place = root;
  for (const name of pointer.replace(/^#\/?/, '').split('/').filter(Boolean))
    place = isObject(place) && Object.hasOwn(place, name) ? place[name] : null;
  return place;
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
