import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MrzFormat } from '../../../shared/mrz.ts';
import { judgeZone } from '../../../workers/verification/mrz-finding.ts';
import { anna, writeMrz } from './documents.ts';

const formats: MrzFormat[] = ['TD1', 'TD2', 'TD3'];
const judge = (readings: string[][], printed = '') => judgeZone({ page: 1, source: 'ocr', readings }, printed);
const thrice = (lines: string[]) => [lines, lines, lines];

/** The lines with one character replaced. */
function misread(lines: readonly string[], line: number, at: number, by: string): string[] {
  return lines.map((text, i) => (i === line ? text.slice(0, at) + by + text.slice(at + 1) : text));
}

describe('the readings of a machine-readable zone', () => {
  for (const format of formats)
    it(`prove a ${format} whose check digits hold`, () => {
      const found = judge([writeMrz(format)]);
      assert.equal(found?.status, 'proven');
      assert.equal(found.format, format);
      const { surname, givenNames, documentNumber, expiryDate } = found.fields;
      assert.deepEqual(
        [surname, givenNames, documentNumber, expiryDate],
        ['ERIKSSON', 'ANNA MARIA', 'L898902C3', '320415'],
      );
    });

  it('find a wrong digit only if three agree on it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...formats), fc.integer({ min: 1, max: 9 }), (format, by) => {
        const lines = writeMrz(format);
        // The expiry's third digit, its month's first.
        const [line, at] = [1, format === 'TD1' ? 10 : 23];
        const digit = String((Number(lines[line]?.[at]) + by) % 10);
        const wrong = misread(lines, line, at, digit);
        const sure = judge(thrice(wrong));
        assert.equal(sure?.status, 'wrong');
        assert.ok(sure.wrong.includes('expiryDate'));
        assert.equal(judge([wrong, wrong])?.status, 'unsure');
        assert.equal(judge([wrong, wrong, misread(wrong, line, at, 'X')])?.status, 'unsure');
      }),
    );
  });

  it('put right what one of them has right', () => {
    const lines = writeMrz('TD3');
    const readings = [misread(lines, 1, 14, '7'), misread(lines, 1, 22, '9'), misread(lines, 1, 3, '0')];
    assert.equal(judge(readings)?.status, 'proven');
  });

  it('put right letters among digits and digits among letters, as far as check digits prove it', () => {
    const lines = writeMrz('TD3');
    const swapped = misread(misread(misread(lines, 1, 15, 'O'), 1, 12, '0'), 0, 12, '0');
    assert.equal(judge([swapped])?.fields.birthDate, anna.birthDate);
    assert.equal(judge([swapped])?.fields.nationality, 'UTO');
    // 7408I2 is 740812 misread; 7408S2 is nothing that the check digit proves.
    assert.equal(judge(thrice(misread(lines, 1, 17, 'I')))?.status, 'proven');
    assert.equal(judge(thrice(misread(lines, 1, 17, 'S')))?.status, 'unsure');
  });

  it('put a document number right only if it is printed elsewhere', () => {
    const misreadNumber = misread(writeMrz('TD3'), 1, 5, 'O');
    assert.equal(misreadNumber[1]?.slice(0, 9), 'L8989O2C3');
    assert.equal(judge(thrice(misreadNumber), 'PASSPORTNOL898902C3')?.status, 'proven');
    assert.equal(judge(thrice(misreadNumber), 'PASSPORTNOL8989O2C3')?.status, 'unsure');
  });

  it('are fitted to their length where fillers were lost or added, or an edge was read', () => {
    const [names = '', data = ''] = writeMrz('TD3');
    assert.equal(judge([[names.slice(0, -2), data.replace('<<<<', '<<<')]])?.status, 'proven');
    assert.equal(judge([[`${names}<<`, data.replace('<<<<', '<<<<<')]])?.status, 'proven');
    assert.equal(judge([[names, `1${data}`]])?.status, 'proven');
  });

  it('take the names that most of them read', () => {
    const lines = writeMrz('TD3');
    const readings = [misread(lines, 0, 6, 'P'), lines, lines];
    assert.equal(judge(readings)?.fields.surname, 'ERIKSSON');
  });

  it('are none of a visa, of another kind of zone, or of rubbish', () => {
    assert.equal(judge([misread(writeMrz('TD3'), 0, 0, 'V')]), undefined);
    assert.equal(judge([writeMrz('TD2').map((line, i) => (i === 0 ? `IDFRA${line.slice(5)}` : line))]), undefined);
    assert.equal(judge([['<<<<<<<<', 'ABC']]), undefined);
    assert.equal(judge([]), undefined);
  });
});
