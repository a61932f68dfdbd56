import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonSchema } from './document.ts';

const prefix = '#/components/schemas/';

/** The named schemas of one document while it is written. */
export class SchemaBook {
  readonly schemas: Record<string, JsonSchema> = {};

  /**
   * A Zod schema as JSON Schema. What carries a `.meta({ id })`, and what refers to itself, becomes a component; `name`
   * is for the nameless ones of those.
   */
  describe(schema: z.ZodType, io: 'input' | 'output', name: string): JsonSchema {
    const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
    const defs = $defs as Record<string, JsonSchema>;
    const names = new Map<string, string>();
    const recursive = JSON.stringify([root, defs]).includes('"$ref":"#"');
    if (recursive) names.set('#', this.#freeName(name, root));
    for (const [key, def] of Object.entries(defs)) {
      names.set(`#/$defs/${key}`, this.#freeName(key.startsWith('__') ? `${name}Part` : key, tidy(def, io, new Map())));
    }
    for (const [key, def] of Object.entries(defs)) {
      this.schemas[names.get(`#/$defs/${key}`) as string] = tidy(def, io, names);
    }
    const described = tidy(root, io, names);
    if (!recursive) return described;
    return this.name(names.get('#') as string, described);
  }

  /** Keeps a schema under a name and answers the reference to it. */
  name(name: string, schema: JsonSchema): JsonSchema & { $ref: string } {
    this.schemas[name] = schema;
    return { $ref: prefix + name };
  }

  /** The name, or the next numbered one that isn't taken by another schema. */
  #freeName(wanted: string, schema: JsonSchema): string {
    const base = wanted.replace(/[^\w.-]/g, '_');
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? base : `${base}${count}`;
      const taken = this.schemas[name];
      if (taken === undefined || sameBut(taken, schema)) return name;
    }
  }
}

/** References differ while one of the two is still in the words of its Zod schema. */
function sameBut(a: JsonSchema, b: JsonSchema): boolean {
  const withoutReferences = (schema: JsonSchema) =>
    JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === '$ref' ? '' : value))) as unknown;
  return isDeepStrictEqual(withoutReferences(a), withoutReferences(b));
}

/** Formats whose pattern says nothing more. */
const plainFormats = new Set(['uuid', 'date-time', 'date', 'time', 'email']);

/** The schema without what only machines of Zod's would miss, its references renamed. */
function tidy(schema: JsonSchema, io: 'input' | 'output', names: ReadonlyMap<string, string>): JsonSchema {
  const walk = (part: JsonSchema): JsonSchema => {
    const { id: _, ...tidied }: JsonSchema = { ...part };
    if (tidied.$ref !== undefined) tidied.$ref = renamed(tidied.$ref, names);
    if (tidied.format !== undefined && plainFormats.has(tidied.format)) delete tidied['pattern'];
    if (tidied['minimum'] === Number.MIN_SAFE_INTEGER) delete tidied['minimum'];
    if (tidied['maximum'] === Number.MAX_SAFE_INTEGER) delete tidied['maximum'];
    // An answer may gain fields; a client that refuses them would break.
    if (io === 'output' && tidied.additionalProperties === false) delete tidied.additionalProperties;
    if (tidied.properties) {
      tidied.properties = Object.fromEntries(
        Object.entries(tidied.properties).map(([name, property]) => [name, walk(property)]),
      );
    }
    for (const key of ['items', 'additionalProperties', 'propertyNames', 'not'] as const) {
      if (typeof tidied[key] === 'object') tidied[key] = walk(tidied[key] as JsonSchema);
    }
    for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const) {
      if (tidied[key]) tidied[key] = (tidied[key] as JsonSchema[]).map(walk);
    }
    return withoutNeedlessUnion(tidied);
  };
  return walk(schema);
}

function renamed(reference: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(reference);
  return name === undefined ? reference : prefix + name;
}

/** `anyOf` of anything and null is anything; of one plain type and null, that type or null. */
function withoutNeedlessUnion(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!anyOf) return schema;
  if (anyOf.some(branch => Object.keys(branch).length === 0)) return rest;
  const [value, nothing] = anyOf;
  const plain = typeof value?.type === 'string' && value.enum === undefined && value.const === undefined;
  if (anyOf.length !== 2 || !plain || nothing?.type !== 'null') return schema;
  return { ...rest, ...value, type: [value.type as string, 'null'] };
}
