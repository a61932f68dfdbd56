import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson, fingerprintOf } from '../../shared/canonical.ts';

describe('canonical JSON', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is one text for one value, however its keys were ordered', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), record => {
        const turned = Object.fromEntries(Object.entries(record).reverse());
        assert.equal(canonicalJson(turned), canonicalJson(record));
      }),
    );
  });

  it('leaves undefined members out and keeps the order of lists', () => {
    assert.equal(canonicalJson({ b: [3, 1], a: undefined, c: null }), '{"b":[3,1],"c":null}');
    assert.equal(canonicalJson(undefined), 'null');
  });
});

describe('a fingerprint', () => {
  it('is SHA-256 in hex and the same for the same parts', () => {
    assert.match(fingerprintOf('POST', '/jobs'), /^[0-9a-f]{64}$/);
    assert.equal(fingerprintOf('a', 'b'), fingerprintOf('a', 'b'));
  });

  it('differs for parts that only look alike when run together', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        if (JSON.stringify(a) !== JSON.stringify(b)) assert.notEqual(fingerprintOf(...a), fingerprintOf(...b));
      }),
    );
    assert.notEqual(fingerprintOf('ab', 'c'), fingerprintOf('a', 'bc'));
    assert.notEqual(fingerprintOf('1:a'), fingerprintOf('', 'a'));
  });
});
