import assert from 'node:assert/strict';
import fc from 'fast-check';
import { providerIdOf } from '../../shared/provider-id.ts';

describe('shared/provider-id', () => {
  it('names a row in thirty characters, the same each time', () => {
    const id = providerIdOf('pay', '0197e1f0-0000-7000-8000-00000000001f');
    assert.equal(id, 'pay_01jzgz0000e00800000000000z');
    assert.equal(id.length, 30);
  });

  it('gives no two rows one name', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (a, b) => {
        assert.equal(providerIdOf('ref', a) === providerIdOf('ref', b), a === b);
        assert.match(providerIdOf('ref', a), /^ref_[0-9a-z]{26}$/);
      }),
    );
  });
});
