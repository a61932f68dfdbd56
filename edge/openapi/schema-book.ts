import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonSchema } from './document.ts';

const prefix = '#/components/schemas/';
/** In place of a component's name: the empty schema says it. */
const anything = '';

/** The named schemas of one document while it is written. */
export class SchemaBook {
  readonly schemas: Record<string, JsonSchema> = {};

  /**
   * A Zod schema as JSON Schema. What carries a `.meta({ id })`, and what refers to itself, becomes a component; `name`
   * is for the nameless ones of those.
   */
  describe(schema: z.ZodType, io: 'input' | 'output', name: string): JsonSchema {
    const { $defs = {}, ...root } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
    const defs = $defs as Record<string, JsonSchema>;
    const names = new Map<string, string>();
    const recursive = JSON.stringify([root, defs]).includes('"$ref":"#"');
    if (recursive) names.set('#', this.#reserve(name, tidy(root, io, names)));
    for (const [key, def] of Object.entries(defs)) {
      if (isAnyJson(def, `#/$defs/${key}`)) names.set(`#/$defs/${key}`, anything);
      else names.set(`#/$defs/${key}`, this.#reserve(key.startsWith('__') ? `${name}Part` : key, tidy(def, io, names)));
    }
    // Again, now that every name is known.
    for (const [key, def] of Object.entries(defs)) {
      const known = names.get(`#/$defs/${key}`) as string;
      if (known !== anything) this.schemas[known] = tidy(def, io, names);
    }
    const described = tidy(root, io, names);
    return recursive ? this.name(names.get('#') as string, described) : described;
  }

  /** A schema that is written by hand or by Zod, in this book's manner. */
  plain(schema: JsonSchema): JsonSchema {
    return tidy(schema, 'output', new Map());
  }

  /** What a reference to one of this book's schemas points to. */
  resolve(schema: JsonSchema): JsonSchema {
    return schema.$ref === undefined ? schema : (this.schemas[schema.$ref.slice(prefix.length)] ?? {});
  }

  /** Keeps a schema under a name and answers the reference to it. */
  name(name: string, schema: JsonSchema): JsonSchema & { $ref: string } {
    this.schemas[name] = schema;
    return { $ref: prefix + name };
  }

  /** The name, or the next numbered one that isn't taken by another schema. */
  #reserve(wanted: string, schema: JsonSchema): string {
    const base = wanted.replace(/[^\w.-]/g, '_');
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? base : `${base}${count}`;
      const taken = this.schemas[name];
      if (taken && !sameBut(taken, schema)) continue;
      this.schemas[name] ??= schema;
      return name;
    }
  }
}

/** References differ while one of the two is still in the words of its Zod schema. */
function sameBut(a: JsonSchema, b: JsonSchema): boolean {
  return withoutReferences(a) === withoutReferences(b);
}

function withoutReferences(schema: JsonSchema): string {
  return JSON.stringify(schema, (key, value: unknown) => (key === '$ref' ? '' : value));
}

/** Formats whose pattern says nothing more. */
const plainFormats = new Set(['uuid', 'date-time', 'date', 'time', 'email']);

/** The schema without what only machines of Zod's would miss, its references renamed. */
function tidy(schema: JsonSchema, io: 'input' | 'output', names: ReadonlyMap<string, string>): JsonSchema {
  const walk = (part: JsonSchema): JsonSchema => {
    const { id: _, $schema: __, ...tidied }: JsonSchema = part;
    if (tidied.$ref !== undefined) {
      const name = names.get(tidied.$ref);
      if (name === anything) delete tidied.$ref;
      else if (name !== undefined) tidied.$ref = prefix + name;
    }
    if (tidied.format !== undefined && plainFormats.has(tidied.format)) delete tidied['pattern'];
    if (isDeepStrictEqual(tidied['propertyNames'], { type: 'string' })) delete tidied['propertyNames'];
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

/** `z.json()`: a union of every type there is, whose lists and objects hold itself. */
function isAnyJson({ anyOf = [] }: JsonSchema, self: string): boolean {
  const types = new Set(anyOf.map(({ type }) => type));
  const plain = ['string', 'number', 'boolean', 'null'].every(type =>
    anyOf.some(branch => branch.type === type && Object.keys(branch).length === 1),
  );
  const list = anyOf.find(({ type }) => type === 'array');
  const map = anyOf.find(({ type }) => type === 'object');
  const inner = typeof map?.additionalProperties === 'object' ? map.additionalProperties.$ref : undefined;
  return types.size === 6 && plain && list?.items?.$ref === self && inner === self;
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
