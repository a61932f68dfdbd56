import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findDates } from '../../../workers/verification/printed-date.ts';

const days = (text: string) => findDates(text).map(date => date.days);
const date = fc.date({
  min: new Date('1950-01-01T00:00:00Z'),
  max: new Date('2099-12-31T00:00:00Z'),
  noInvalidDate: true,
});

describe('a printed date', () => {
  it('is found in every form that names its month or its order', () => {
    fc.assert(
      fc.property(date, when => {
        const iso = when.toISOString().slice(0, 10);
        const [y = '', m = '', d = ''] = iso.split('-');
        const month = (style: 'long' | 'short') => when.toLocaleString('en', { month: style, timeZone: 'UTC' });
        const forms = [
          iso,
          `${y}/${m}/${d}`,
          `${d}.${m}.${y}`,
          `${d} ${month('long')} ${y}`,
          `${d}${month('short').toUpperCase()}${y}`,
          `${Number(d)}-${month('short')}-${y}`,
          `${Number(d)}th of ${month('long')}, ${y}`,
          `${month('long')} ${Number(d)}, ${y}`,
        ];
        for (const form of forms) assert.deepEqual(days(`Valid until ${form}.`), [[iso]], form);
      }),
    );
  });

  it('may be two when day and month can be either, and is one when only one can be the day', () => {
    fc.assert(
      fc.property(date, when => {
        const [y = '', m = '', d = ''] = when.toISOString().slice(0, 10).split('-');
        const [found = []] = days(`${d}/${m}/${y}`);
        assert.ok(found.includes(`${y}-${m}-${d}`));
        assert.equal(found.length, Number(d) <= 12 && d !== m ? 2 : 1);
      }),
    );
    assert.deepEqual(days('12/03/2027'), [['2027-03-12', '2027-12-03']]);
    assert.deepEqual(days('13/03/2027'), [['2027-03-13']]);
    assert.deepEqual(days('03/13/2027'), [['2027-03-13']]);
  });

  it('has short years, months of other languages, and months without a day', () => {
    assert.deepEqual(days('12 MAR/MARS 27'), [['2027-03-12']]);
    assert.deepEqual(days('1. Dezember 2027, 3 juin 2028 et 4 juil 2028'), [
      ['2027-12-01'],
      ['2028-06-03'],
      ['2028-07-04'],
    ]);
    assert.deepEqual(days('Level 2 expires 12 March 2027'), [['2027-03-12']]);
    assert.deepEqual(days('EXP 02/28'), [['2028-02-29']]);
    assert.deepEqual(days('June 2027'), [['2027-06-30']]);
  });

  it('is nothing that no calendar has, and no part of a number', () => {
    for (const text of [
      '31/02/2027',
      '2027-13-01',
      '30 FEB 2027',
      'FH-2024-118832',
      '12 marble 20',
      '1/2',
      '+1 555 0100',
      'Level 2',
    ])
      assert.deepEqual(days(text), [], text);
  });

  it('is found in no more time than its text is long', () => {
    const long = `${'12 '.repeat(200)}${'a'.repeat(400)}${'12/'.repeat(200)}`;
    assert.deepEqual(days(long), []);
  });
});
