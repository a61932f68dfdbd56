import fc from 'fast-check';

/** Text that has broken something somewhere. */
const texts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  '\u202ereversed',
  '🤷🏽‍♀️',
  'é'.normalize('NFD'),
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  "' or 1=1 --",
  '%00',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  '\r\nSet-Cookie: a=b',
  'NaN',
  '1e400',
  '-1',
  'null',
  'true',
  '[object Object]',
  '0000-01-01',
  '2026-02-30',
  '9999-12-31T23:59:59.999999999Z',
  '+275760-09-13T00:00:00Z',
  '25:61',
  '{}',
  'x'.repeat(300),
  'x'.repeat(5_000),
  '\\',
  '%',
  '"',
  '0197d9a0-0000-7000-8000-000000000001',
];
const numbers = [
  0,
  -1,
  0.5,
  1.0000000001,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  1e15,
  1e21,
  1e308,
  5e-324,
];
const deep = (depth: number): unknown => (depth === 0 ? {} : { a: [deep(depth - 1)] });
const others = [
  null,
  true,
  [],
  [[]],
  {},
  [null, null],
  Array.from({ length: 1_001 }, () => 0),
  deep(10),
  deep(40),
  JSON.parse('{"__proto__":{"polluted":true}}'),
  { constructor: { prototype: { polluted: true } } },
];

export const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

/** A JSON value that belongs nowhere in particular. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom(...numbers) },
  { weight: 3, arbitrary: fc.constantFrom(...others) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const days = ['0000-01-01', '0001-01-01', '9999-12-31', '+275760-09-13', '-000001-01-01', '2026-02-30', '2026-13-01'];
const hours = ['T23:59:59.999999999Z', 'T00:00:00+14:00', `T00:00:00.${'1'.repeat(200)}Z`];
const extremes = [-1, 0, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e15, 1e300, 0.1, 5e-324];

/** Something of the same kind as a value, at the end of what there is of it: so that only its meaning is wrong. */
export function extremeOf(value: unknown, index: number): unknown {
  if (typeof value === 'number') return extremes[index % extremes.length];
  if (typeof value !== 'string') return undefined;
  const day = days[index % days.length] as string;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return day;
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return `${day}${hours[index % hours.length]}`;
  const key = value.startsWith('W') ? keyIn(value) : null;
  if (key) return Buffer.from(JSON.stringify(key.map(part => extremeOf(part, index)))).toString('base64url');
  return index % 2 ? value.repeat(40).slice(0, 5_000) : value.toUpperCase();
}

/** What a cursor holds; null for any other text. */
function keyIn(text: string): unknown[] | null {
  try {
    const key: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(key) ? key : null;
  } catch {
    return null;
  }
}

/** A path's parameter, encoded or badly so. */
export const hostileSegment = fc.constantFrom(
  '%00',
  '%ED%A0%80',
  '%',
  '%zz',
  '..%2F..',
  '%2e%2e',
  'not-a-uuid',
  '1',
  '-1',
  '99999999999999999999',
  '%7B%7D',
  "'%20or%201=1",
  '__proto__',
  'constructor',
  '0197d9a0-0000-7000-8000-0000000000010',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(2_000),
  '%F0%9F%A4%B7',
  '%E2%80%AE',
);

/** A whole body that is bad before anybody looks for fields in it. */
export const hostileBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom(
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '5',
      '{"a":1}{"b":2}',
      '{"a":1e400}',
      `{"a":${'9'.repeat(4_000)}}`,
      '{"a":"\\u0000"}',
      '{"\\ud800":1}',
      '{"__proto__":{"a":1}}',
      `${'['.repeat(33)}${']'.repeat(33)}`,
      `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
      `{"a":"${'x'.repeat(100_000)}"}`,
      `{${Array.from({ length: 2_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
    )
    .map(text => Buffer.from(text)),
  fc.constant(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  fc.jsonValue({ maxDepth: 4 }).map(value => Buffer.from(JSON.stringify(value))),
);

/** A header with a value that it should not have. */
export const hostileHeader: fc.Arbitrary<[string, string]> = fc.constantFrom<[string, string]>(
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'multipart/form-data'],
  ['content-encoding', 'gzip'],
  ['idempotency-key', 'a b'],
  ['idempotency-key', 'k'.repeat(256)],
  ['x-tenant-id', 'ours'],
  ['x-tenant-id', '0197d9a0-0000-7000-8000-000000000001'],
  ['x-tenant-id', ''],
  ['x-request-id', 'x'.repeat(500)],
  ['traceparent', '00-zz'],
  ['prefer', 'wait=-1'],
  ['prefer', 'wait=x, respond-async, wait=1'],
  ['if-none-match', '*'],
  ['if-none-match', 'W/"1", "'],
  ['last-event-id', '99999999999999999999'],
  ['range', 'bytes=5-2'],
  ['range', 'bytes=0-0'],
  ['range', 'bytes=99999999999-'],
  ['accept', 'application/xml'],
  ['authorization', 'Basic YTpi'],
  ['cookie', 'refresh_token=%; =; ;;'],
  ['x-forwarded-for', 'nonsense'],
  ['origin', 'null'],
);
