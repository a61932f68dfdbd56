import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isUuid, uuidOf, uuidV7, uuidV7Floor } from '../../shared/uuid.ts';

const moments = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('a version-7 UUID', () => {
  it('has the layout of RFC 9562: 48 bits of milliseconds, version 7, variant 10', () => {
    fc.assert(
      fc.property(moments, atMs => {
        const id = uuidV7(atMs);
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.equal(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), atMs);
      }),
    );
  });

  it('sorts by its moment', () => {
    fc.assert(
      fc.property(moments, moments, (a, b) => {
        if (a < b) assert.ok(uuidV7(a) < uuidV7(b));
      }),
    );
  });

  it('does not repeat, across refills of its pool too', () => {
    const made = new Set(Array.from({ length: 20_000 }, () => uuidV7(1_000)));
    assert.equal(made.size, 20_000);
  });

  it('uses all of its random bits', () => {
    const digits = Array.from({ length: 36 }, () => new Set<string>());
    for (let count = 0; count < 2_000; count += 1) [...uuidV7(0)].forEach((digit, at) => digits[at]?.add(digit));
    const random = digits.slice(15).map(seen => seen.size); // after the time and the version's digit
    assert.deepEqual(
      random,
      [...'xxx-vxxx-xxxxxxxxxxxx'].map(place => (place === '-' ? 1 : place === 'v' ? 4 : 16)),
    );
  });
});

describe('the floor of a moment', () => {
  it('is at or below every id of that moment and above every earlier one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 48 - 1 }), atMs => {
        const floor = uuidV7Floor(atMs);
        assert.ok(floor <= uuidV7(atMs));
        assert.ok(uuidV7(atMs - 1) < floor);
      }),
    );
  });

  it('takes a fraction, and a moment before 1970, without harm', () => {
    assert.equal(uuidV7Floor(1.9), uuidV7Floor(1));
    assert.equal(uuidV7Floor(-5), uuidV7Floor(0));
    assert.ok(isUuid(uuidV7Floor(0)));
  });
});

describe('the UUID of a text', () => {
  it('is of version 8, the same for the same text, and another for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        assert.match(uuidOf(a), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.equal(uuidOf(a) === uuidOf(b), a === b);
      }),
    );
  });
});

describe('telling a UUID', () => {
  it('knows any version in either case', () => {
    fc.assert(
      fc.property(fc.uuid(), id => {
        assert.ok(isUuid(id) && isUuid(id.toUpperCase()));
      }),
    );
  });

  it('knows what is none', () => {
    for (const text of [
      '',
      'x',
      '0197d9a0-0000-7000-8000-00000000000',
      '0197d9a00000700080000000000000ab',
      ' 0197d9a0-0000-7000-8000-000000000001',
      '0197d9a0-0000-7000-8000-000000000001\n',
    ]) {
      assert.equal(isUuid(text), false, JSON.stringify(text));
    }
  });
});
