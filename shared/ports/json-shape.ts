/** A JSON Schema, as far as it may have been thought out by a stranger: any object, or `true` and `false`. */
export type JsonSchema = Record<string, unknown>;

const maxDepth = 32;

/**
 * Whether a value has the basic shape that a JSON Schema asks for: `type`, `enum`, `const`, `properties`, `required`, `additionalProperties: false`,
 * `items`, `anyOf` and `oneOf`. Everything else is overlooked, patterns above all: a stranger's regular expression isn't run here.
 */
export function fitsShape(schema: unknown, value: unknown, depth = 0): boolean {
  if (typeof schema === 'boolean') return schema;
  if (!isObject(schema) || depth > maxDepth) return true;
  const fits = (inner: unknown, part: unknown): boolean => fitsShape(inner, part, depth + 1);
  const { type, anyOf, oneOf } = schema;
  if (type !== undefined && ![type].flat().some(name => isOfType(name, value))) return false;
  if (Array.isArray(schema['enum']) && !schema['enum'].some(choice => isSame(choice, value))) return false;
  if ('const' in schema && !isSame(schema['const'], value)) return false;
  for (const choices of [anyOf, oneOf])
    if (Array.isArray(choices) && !choices.some(choice => fits(choice, value))) return false;
  if (Array.isArray(value)) return value.every(item => fits(schema['items'], item));
  return !isObject(value) || fitsObject(schema, value, fits);
}

function fitsObject(schema: JsonSchema, value: JsonSchema, fits: (inner: unknown, part: unknown) => boolean): boolean {
  const { required, additionalProperties } = schema;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  if (Array.isArray(required) && !required.every(name => Object.hasOwn(value, String(name)))) return false;
  return Object.entries(value).every(([name, part]) =>
    Object.hasOwn(properties, name) ? fits(properties[name], part) : additionalProperties !== false,
  );
}

function isOfType(name: unknown, value: unknown): boolean {
  if (name === 'integer') return Number.isInteger(value);
  if (name === 'array') return Array.isArray(value);
  if (name === 'null') return value === null;
  if (name === 'object') return isObject(value);
  return name === typeof value;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
