import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'mrz';
import { type MrzFormat, mrzCheckDigit, mrzDate, readMrz, wrongCheckDigits } from '../../shared/mrz.ts';
import { writeMrz } from '../workers/verification/documents.ts';

const formats: MrzFormat[] = ['TD1', 'TD2', 'TD3'];
const letters = (min: number, max: number) => fc.stringMatching(new RegExp(`^[A-Z]{${min},${max}}$`));
const person = fc.record({
  surname: letters(2, 10),
  givenNames: letters(2, 8),
  documentNumber: fc.stringMatching(/^[A-Z0-9]{6,9}$/),
  birthDate: fc.constantFrom('740812', '010203', '991231'),
  expiryDate: fc.constantFrom('320415', '271130'),
  personalNumber: fc.stringMatching(/^[A-Z0-9]{0,14}$/),
});

/** Another implementation's opinion: the fields whose check digits it finds wrong. */
function wrongByOthers(lines: string[]): number {
  return parse(lines).details.filter(({ field, valid }) => field?.endsWith('CheckDigit') && !valid).length;
}

describe('shared/mrz', () => {
  it('has the check digits of ICAO Doc 9303', () => {
    assert.deepEqual(['520727', 'AB2134<<<', 'L898902C3', 'ZE184226B<<<<<'].map(mrzCheckDigit), ['3', '5', '6', '1']);
  });

  it('reads what was written, with no check digit wrong, as another implementation does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...formats), person, (format, who) => {
        const lines = writeMrz(format, who);
        assert.deepEqual(wrongCheckDigits(format, lines), []);
        assert.equal(wrongByOthers(lines), 0);
        const { documentNumber, surname, givenNames, birthDate, expiryDate, issuingState } = readMrz(format, lines);
        const { personalNumber: _, ...written } = who;
        assert.deepEqual({ documentNumber, surname, givenNames, birthDate, expiryDate }, written);
        assert.equal(issuingState, 'UTO');
      }),
    );
  });

  it('finds as many wrong as another implementation does when one digit is changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        person,
        fc.nat(43),
        fc.integer({ min: 1, max: 9 }),
        (format, who, at, by) => {
          const line = format === 'TD1' && at < 15 ? 0 : 1;
          const changed = writeMrz(format, who).map((text, i) =>
            i !== line
              ? text
              : text.replace(/./g, (char, j) => (j === at && /\d/.test(char) ? String((+char + by) % 10) : char)),
          );
          assert.equal(wrongCheckDigits(format, changed).length, wrongByOthers(changed));
        },
      ),
    );
  });

  it('reads a document number that is longer than its field', () => {
    const lines = [
      'I<UTOD23145890<7349<<<<<<<<<<<',
      '3407127M9507122UTO<<<<<<<<<<<2',
      'STEVENSON<<PETER<JOHN<<<<<<<<<',
    ];
    assert.deepEqual(wrongCheckDigits('TD1', lines), []);
    assert.equal(readMrz('TD1', lines).documentNumber, 'D23145890734');
    lines[0] = lines[0]?.replace('7349', '7348') ?? '';
    assert.ok(wrongCheckDigits('TD1', lines).includes('documentNumber'));
  });

  it('puts an expiry in the nearest century and a birth in the past', () => {
    const now = new Date('2026-11-26T00:00:00Z');
    assert.equal(mrzDate('320415', 'expiry', now), '2032-04-15');
    assert.equal(mrzDate('991231', 'expiry', now), '1999-12-31');
    assert.equal(mrzDate('740812', 'birth', now), '1974-08-12');
    assert.equal(mrzDate('260101', 'birth', now), '2026-01-01');
    assert.equal(mrzDate('270101', 'birth', now), '1927-01-01');
    for (const wrong of ['320230', '74<<<<', '']) assert.equal(mrzDate(wrong, 'birth', now), undefined, wrong);
  });
});
