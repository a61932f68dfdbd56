import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanFilename } from '../../edge/clean-filename.ts';

describe('cleanFilename', () => {
  const cases: [string, string][] = [
    ['report.pdf', 'report.pdf'],
    ['naïve 日本.txt', 'naïve 日本.txt'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\zoe\\cv.doc', 'cv.doc'],
    ['a\u0000b\r\nc\u007f.txt', 'abc.txt'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['..', 'unnamed'],
    ['  ', 'unnamed'],
    ['a/', 'unnamed'],
    ['', 'unnamed'],
    [`${'ü'.repeat(300)}.txt`, `${'ü'.repeat(251)}.txt`],
    ['😀'.repeat(300), '😀'.repeat(255)],
  ];
  for (const [sent, clean] of cases) {
    it(`makes ${JSON.stringify(sent).slice(0, 40)} ${clean.slice(0, 20)}`, () =>
      assert.equal(cleanFilename(sent), clean));
  }

  it('never leaves a path, a control character, nothing or too much, and leaves its own names alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), sent => {
        const name = cleanFilename(sent);
        assert.doesNotMatch(name, /[/\\\p{Cc}\p{Cs}]/u);
        assert.ok([...name].length >= 1 && [...name].length <= 255);
        assert.ok(name !== '.' && name !== '..');
        assert.equal(cleanFilename(name), name);
      }),
    );
  });
});
