import assert from 'node:assert/strict';
import type { JsonSchema } from '../../edge/openapi/document.ts';
import { schemaMistakes } from './json-schema.ts';

const document = {
  components: {
    schemas: { Id: { type: 'string', format: 'uuid' } } as Record<string, JsonSchema>,
    parameters: {},
    headers: {},
    responses: {},
    securitySchemes: {},
  },
};
const id = '0197d9a0-0000-7000-8000-000000000001';
const mistakes = (schema: JsonSchema, value: unknown) => schemaMistakes(document, schema, value);

describe('schemaMistakes', () => {
  const cases: [what: string, schema: JsonSchema, good: unknown[], bad: unknown[]][] = [
    ['types', { type: ['integer', 'null'] }, [1, null], [1.5, '1', {}, []]],
    ['a reference', { $ref: '#/components/schemas/Id' }, [id], ['x', 5]],
    ['lengths, in characters', { type: 'string', minLength: 2, maxLength: 2 }, ['ab', '🤷🤷'], ['a', 'abc']],
    ['bounds', { type: 'number', minimum: 1, maximum: 2, multipleOf: 0.1 }, [1, 1.1, 2], [0.9, 2.1, 1.15]],
    ['words', { enum: ['a', null] }, ['a', null], ['b', undefined]],
    ['a constant', { const: true }, [true], [false, 'true']],
    ['patterns', { type: 'string', pattern: '^a+$' }, ['aa'], ['ab']],
    [
      'formats',
      { type: 'string', format: 'date-time' },
      ['2026-02-01T10:00:00.5Z'],
      ['2026-02-01', '2026-13-01T10:00:00Z'],
    ],
    ['items', { type: 'array', items: { type: 'integer' }, minItems: 1 }, [[1]], [[], ['a']]],
    ['alternatives', { anyOf: [{ type: 'string' }, { type: 'null' }] }, ['a', null], [1]],
    [
      'fields',
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      [{ a: 1 }],
      [{}, { a: 'x' }, { a: 1, b: 2 }, null, [1]],
    ],
    [
      'fields of several parts',
      {
        allOf: [
          { type: 'object', properties: { a: {} } },
          { type: 'object', properties: { b: {} } },
        ],
      },
      [{ a: 1, b: 2 }],
      [{ a: 1, c: 2 }],
    ],
    ['a map', { type: 'object', additionalProperties: { type: 'integer' } }, [{ x: 1 }], [{ x: 'y' }]],
    ['any object', { type: 'object' }, [{ x: 1 }], [5]],
  ];
  for (const [what, schema, good, bad] of cases) {
    it(`knows ${what}`, () => {
      for (const value of good) assert.deepEqual(mistakes(schema, value), [], JSON.stringify(value));
      for (const value of bad) assert.notDeepEqual(mistakes(schema, value), [], JSON.stringify(value));
    });
  }

  it('refuses keywords and formats that it does not know, rather than to pass what it cannot tell', () => {
    assert.throws(() => mistakes({ unevaluatedProperties: false }, {}), TypeError);
    assert.throws(() => mistakes({ type: 'string', format: 'ipv4' }, 'x'), TypeError);
  });
});
