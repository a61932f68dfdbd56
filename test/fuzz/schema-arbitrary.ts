import fc from 'fast-check';
import { type JsonSchema, type OpenApiDocument, resolveReference } from '../../edge/openapi/document.ts';
import { anyId, kindOf } from './value-pool.ts';

/** A value that only the moment of sending can tell: one that an earlier answer has held. */
export class Wish {
  readonly kind: string;
  readonly whose: 'own' | 'anybody' | 'any id';
  readonly index: number;
  /** Where there is none. */
  readonly otherwise: string;
  /** Whether a text is as the schema says. */
  readonly fits: (text: string) => boolean;

  constructor({ kind, whose, index, otherwise, fits }: Wish) {
    this.kind = kind;
    this.whose = whose;
    this.index = index;
    this.otherwise = otherwise;
    this.fits = fits;
  }
}

/** Words without which hardly any text of that name is taken. */
const words: Record<string, readonly string[]> = {
  currency: ['EUR', 'USD'],
  timezone: ['America/New_York', 'Europe/Berlin', 'UTC'],
  password: ['correct horse battery', 'Tr0ub4dor&3'],
  phone: ['+14155550100', '+14155550101', '(415) 555-0102'],
  phonenumber: ['+14155550100', '+15550001111'],
  starttime: ['09:00', '22:00', '00:00'],
  endtime: ['17:00', '06:00', '23:59'],
  email: ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'],
  routingnumber: ['021000021', '011401533'],
  ownertype: ['finance_entry'],
  mimetype: ['text/plain', 'image/png', 'application/pdf'],
  entity: ['client', 'task', 'finance_entry', 'employee', 'service_type'],
  kind: ['noop', 'noop-local'],
  formtype: ['W4', 'I9'],
  nationalid: ['123-45-6789'],
  accountnumber: ['000123456789', '12345678'],
  accounttype: ['CHECKING', 'savings'],
  code: ['123456'],
  recurrencedays: ['MON', 'THU', 'sun'],
  daysofweek: ['MON', 'THU', 'sun'],
  permissions: ['read'],
};

/** How many requests may build on one another with the same day. */
const dayMs = 86_400_000;
/** Days are counted from the start of the process: a seed makes the same requests all day. */
const today = Math.floor(Date.now() / dayMs) * dayMs;

/** Values that a schema of the document admits, as a client would send them. `name`: of the field, for what only that tells. */
export function arbitraryOf(
  document: OpenApiDocument,
  given: JsonSchema,
  name: string,
  depth = 0,
): fc.Arbitrary<unknown> {
  const schema = given.$ref === undefined ? given : (resolveReference(document, given.$ref) as JsonSchema);
  const inner = (part: JsonSchema, partName = name) => arbitraryOf(document, part, partName, depth + 1);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return fc.oneof(...branches.map(branch => inner(branch)));
  if (schema.allOf) return fc.tuple(...schema.allOf.map(part => inner(part))).map(parts => Object.assign({}, ...parts));
  if (Array.isArray(schema.type))
    return fc.oneof(
      ...schema.type.map(type => ({ weight: type === 'null' ? 1 : 4, arbitrary: inner({ ...schema, type }) })),
    );
  switch (schema.type) {
    case 'object':
      return objectOf(schema, inner, depth);
    case 'array':
      return arrayOf(schema, inner, name);
    case 'string':
      return textOf(schema, name);
    case 'integer':
      return integerOf(schema);
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

type Inner = (part: JsonSchema, name?: string) => fc.Arbitrary<unknown>;

function objectOf(schema: JsonSchema, inner: Inner, depth: number): fc.Arbitrary<unknown> {
  const { properties, required = [], additionalProperties } = schema;
  if (properties) {
    const fields = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part, name)]));
    return fc.record(fields, { requiredKeys: required, noNullPrototype: true }).map(withoutContradictions);
  }
  const values = typeof additionalProperties === 'object' ? inner(additionalProperties) : fc.jsonValue({ maxDepth: 1 });
  const keys = schema['propertyNames']
    ? inner(schema['propertyNames'] as JsonSchema)
    : fc.string({ minLength: 1, maxLength: 8 });
  return fc
    .array(fc.tuple(keys as fc.Arbitrary<string>, values), { maxLength: depth > 3 ? 1 : 3 })
    .map(entries => Object.fromEntries(entries));
}

/** Each says the same as the other, or makes it void: a client sends one of them. */
const either = [
  ['recurrenceDays', 'daysOfWeek'],
  ['sessionInfo', 'idToken'],
  ['code', 'idToken'],
] as const;

/** What no schema tells: fields that exclude each other, and that half a place is none. */
function withoutContradictions(drawn: Record<string, unknown>): Record<string, unknown> {
  const fields = { ...drawn };
  for (const [one, other] of either) if (one in fields) delete fields[other];
  if ('latitude' in fields !== 'longitude' in fields)
    for (const name of ['latitude', 'longitude', 'accuracyMeters']) delete fields[name];
  else if (!('latitude' in fields)) delete fields['accuracyMeters'];
  return fields;
}

function arrayOf(schema: JsonSchema, inner: Inner, name: string): fc.Arbitrary<unknown> {
  const minLength = (schema['minItems'] as number | undefined) ?? 0;
  const maxLength = Math.min((schema['maxItems'] as number | undefined) ?? Infinity, minLength + 3);
  return fc.array(inner(schema.items ?? {}, name), { minLength, maxLength });
}

function textOf(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  const kind = kindOf(name);
  const plain = plainText(schema, name);
  const fits = fitOf(schema);
  const wish = (whose: Wish['whose'], wanted = kind) =>
    fc.tuple(fc.nat(), plain).map(([index, otherwise]) => new Wish({ kind: wanted, whose, index, otherwise, fits }));
  if (schema.format === 'binary') return fc.constant('');
  if (schema.format === 'uuid')
    return fc.oneof(
      { weight: 12, arbitrary: wish('own') },
      { weight: 4, arbitrary: wish('anybody') },
      { weight: 2, arbitrary: wish('any id', anyId) },
      { weight: 1, arbitrary: plain },
    );
  if (schema.format === 'date' || schema.format === 'date-time')
    return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: wish('own') });
  return fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 3, arbitrary: wish('own') },
    { weight: 1, arbitrary: wish('anybody') },
  );
}

const likeFormat: Record<string, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T/,
};

function fitOf({ format, pattern, minLength = 0, maxLength = Infinity }: JsonSchema): Wish['fits'] {
  const alike = [likeFormat[format ?? ''], typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined];
  return text =>
    text.length >= (minLength as number) &&
    text.length <= (maxLength as number) &&
    alike.every(like => like === undefined || like.test(text));
}

/** By what tells them apart: the tables of one arbitrary of texts are large, and many fields are alike. */
const plainTexts = new Map<string, fc.Arbitrary<string>>();

function plainText(schema: JsonSchema, name: string): fc.Arbitrary<string> {
  const { format, pattern, minLength, maxLength } = schema;
  const key = JSON.stringify([format, pattern, minLength, maxLength, words[plainName(name)]]);
  const known = plainTexts.get(key) ?? makePlainText(schema, name);
  plainTexts.set(key, known);
  return known;
}

function makePlainText(schema: JsonSchema, name: string): fc.Arbitrary<string> {
  const { format } = schema;
  if (format === 'uuid') return fc.uuid();
  if (format === 'date') return days.map(time => new Date(time).toISOString().slice(0, 10));
  if (format === 'date-time')
    return fc.tuple(days, fc.nat(dayMs - 1)).map(([day, ms]) => new Date(day + ms).toISOString());
  if (format === 'uri') return fc.constantFrom('https://example.com/a', 'http://localhost/x?y=1');
  const minLength = (schema['minLength'] as number | undefined) ?? 0;
  const maxLength = Math.min((schema['maxLength'] as number | undefined) ?? 100, Math.max(minLength, 100));
  const usual = words[plainName(name)];
  const any =
    typeof schema['pattern'] === 'string'
      ? likePattern(schema['pattern'], minLength, maxLength)
      : format === 'email'
        ? fc.integer({ min: 1, max: 999 }).map(number => `p${number}@example.com`)
        : fc.string({ unit: 'grapheme', minLength, maxLength });
  return usual ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, any) : any;
}

function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** Around today, with the ends of what a calendar knows now and then. */
const days = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -20, max: 60 }).map(inDays => today + inDays * dayMs) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0000-01-01', '0001-01-01', '1900-02-28', '2038-01-20', '9999-12-31').map(Date.parse),
  },
);

function likePattern(pattern: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  try {
    return fc
      .stringMatching(new RegExp(pattern, 'u'), { size: 'small' })
      .filter(text => text.length >= minLength && text.length <= maxLength);
  } catch {
    // It looks ahead, or behind: nothing is known of what it takes.
    return fc.constantFrom('x', 'abc', '12345678', '09:00', 'EUR');
  }
}

function integerOf(schema: JsonSchema): fc.Arbitrary<number> {
  const min = (schema['minimum'] as number | undefined) ?? -5;
  const max = (schema['maximum'] as number | undefined) ?? Number.MAX_SAFE_INTEGER;
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min, max: Math.min(max, min + 20) }) },
    { weight: 2, arbitrary: fc.integer({ min, max }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
  );
}

function numberOf(schema: JsonSchema): fc.Arbitrary<number> {
  const min = (schema['minimum'] as number | undefined) ?? -1e6;
  const max = (schema['maximum'] as number | undefined) ?? 1e9;
  const step = schema['multipleOf'] as number | undefined;
  if (step !== undefined)
    return fc
      .integer({ min: Math.ceil(min / step), max: Math.min(Math.floor(max / step), 1e7) })
      .map(count => count * step);
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: Math.ceil(min), max: Math.floor(max) }) },
    { weight: 3, arbitrary: fc.double({ min, max, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
  );
}
