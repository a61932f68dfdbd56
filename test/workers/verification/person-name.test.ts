import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareNames, editDistance, nameParts } from '../../../workers/verification/person-name.ts';

const part = fc.stringMatching(/^[A-Z][a-z]{3,9}$/);
const parts = fc.uniqueArray(part, { minLength: 2, maxLength: 4, selector: text => text.toUpperCase() });

describe('a name', () => {
  it('is the same whatever its case, order and marks', () => {
    fc.assert(
      fc.property(parts, fc.nat(3), (names, by) => {
        const turned = [...names.slice(by % names.length), ...names.slice(0, by % names.length)];
        const marked = turned.map(name => name.replaceAll('a', 'á').replaceAll('o', 'ö').replaceAll('e', 'ę'));
        assert.equal(compareNames(marked.join(' ').toUpperCase(), names.join(' ')), 'same');
        assert.equal(compareNames(turned.join(', '), names.join('-')), 'same');
      }),
    );
  });

  it('is the same with middle names left out on either side, and not with others in their place', () => {
    for (const [found, holder] of [
      ['ERIKSSON ANNA MARIA', 'Anna Eriksson'],
      ['Anna Eriksson', 'Anna Maria Eriksson'],
      ['Anna M. Eriksson', 'Anna Maria Eriksson'],
      ['Dr. Anna Eriksson', 'Anna Eriksson'],
    ] as const)
      assert.equal(compareNames(found, holder), 'same', `${found} / ${holder}`);
    assert.equal(compareNames('Anna Sofia Eriksson', 'Anna Maria Eriksson'), 'unsure');
    assert.equal(compareNames('A. Eriksson', 'Anna Eriksson'), 'unsure');
    assert.equal(compareNames('Anna', 'Anna Eriksson'), 'unsure');
  });

  it('is the same in the spellings of travel documents', () => {
    for (const [found, holder] of [
      ['MUELLER JUERGEN', 'Jürgen Müller'],
      ['Jürgen Müller', 'Juergen Mueller'],
      ['STRAUSS ZOE', 'Zoë Strauß'],
      ['OBRIEN SEAN', 'Seán O’Brien'],
      ['LOPEZ GARCIA MARIA', 'María López-García'],
      ['MARIAJOSE LOPEZ', 'Maria José López'],
      ['LUKASZ ZOLC', 'Łukasz Żółć'],
    ] as const)
      assert.equal(compareNames(found, holder), 'same', `${found} / ${holder}`);
  });

  it('is the same with the digits that OCR puts for letters', () => {
    for (const found of ['J0HN 5MITH', 'John Sm1th', 'J0hn 5mith'])
      assert.equal(compareNames(found, 'John Smith'), 'same', found);
    assert.equal(compareNames('Wi11iam Bel1', 'William Bell'), 'same');
  });

  it('is only similar with a letter changed, and with one part in common', () => {
    for (const found of ['Marta Lopez', 'Maria Lopes', 'Maria Brown', 'John Lopez'])
      assert.equal(compareNames(found, 'Maria Lopez'), 'unsure', found);
  });

  it('is another one’s with nothing in common', () => {
    assert.equal(compareNames('John Brown', 'Maria Lopez'), 'other');
    assert.equal(compareNames('Nguyen Van An', 'Maria Lopez'), 'other');
    fc.assert(
      fc.property(parts, parts, (one, two) => {
        const near = one.some(a =>
          two.some(
            b => editDistance(a.toUpperCase(), b.toUpperCase()) <= Math.max(1, Math.min(a.length, b.length) / 4),
          ),
        );
        fc.pre(!near);
        assert.notEqual(compareNames(one.join(' '), two.join(' ')), 'same');
      }),
    );
  });

  it('decides nothing of what is no name, or is in another script', () => {
    for (const [found, holder] of [
      ['', 'Maria Lopez'],
      ['12345', 'Maria Lopez'],
      ['Maria Lopez', ''],
      ['Мария Лопес', 'Maria Lopez'],
    ] as const)
      assert.equal(compareNames(found, holder), 'unsure', `${found} / ${holder}`);
    assert.deepEqual(nameParts('Mr. J. de la Cruz 3'), [['J'], ['DE'], ['LA'], ['CRUZ']]);
  });
});
