import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fillSchema } from '../../../ops/sandbox/model/fill-schema.ts';
import { fitsShape } from '../../../shared/ports/json-shape.ts';

const { schema } = fc.letrec(tie => ({
  leaf: fc.constantFrom(
    { type: 'string', maxLength: 5 },
    { type: 'integer', minimum: 3 },
    { type: ['number', 'null'], maximum: -2 },
    { type: 'boolean' },
    { enum: ['a', 7, null] },
    { const: { deep: [1] } },
  ),
  object: fc.record({
    type: fc.constant('object'),
    properties: fc.dictionary(fc.string(), tie('schema'), { maxKeys: 3 }),
    required: fc.constant([]),
    additionalProperties: fc.constant(false),
  }),
  array: fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(2) }),
  choice: fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    tie('object'),
    tie('array'),
    tie('choice'),
  ),
}));

describe('shared/ports/json-shape', () => {
  it('takes whatever the sandbox fills in for a schema', () => {
    fc.assert(fc.property(schema, fc.string(), (given, prompt) => fitsShape(given, fillSchema(given, prompt))));
  });

  it('looks into lists, choices and nested objects', () => {
    const list = { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'object', required: ['id'] }] } };
    assert.ok(fitsShape(list, [1, { id: 2 }, { id: null, more: true }]));
    for (const wrong of [[1.5], [{}], ['1'], [[1]], {}, null])
      assert.ok(!fitsShape(list, wrong), JSON.stringify(wrong));
    assert.ok(!fitsShape({ properties: { a: { type: 'null' } } }, { a: 0 }));
    assert.ok(!fitsShape({ required: ['toString'] }, {}));
  });

  it('overlooks what it does not know, and runs no stranger’s pattern', () => {
    const pattern = { type: 'string', pattern: '^(a+)+$', $ref: '#/nowhere', format: 'x' };
    assert.ok(fitsShape(pattern, `${'a'.repeat(40)}!`));
    assert.ok(fitsShape(true, 1) && !fitsShape(false, 1) && fitsShape('nonsense', 1));
  });
});
