import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadFonts } from '../../../workers/invoice/fonts.ts';
import { wrapText } from '../../../workers/invoice/wrap-text.ts';

describe('wrapText', () => {
  const { regular } = loadFonts();
  const wrap = (text: string, width: number) => wrapText(text, regular, 9, width);

  it('breaks between words, at its own line breaks, within compounds, and anywhere in a word that is too long', () => {
    assert.deepEqual(wrap('one two three', 40), ['one two', 'three']);
    assert.deepEqual(wrap('one\ntwo\r\n\nthree', 100), ['one', 'two', '', 'three']);
    assert.deepEqual(wrap('blue-green 10-20', 42), ['blue-', 'green', '10-20']);
    assert.deepEqual(wrap('mmmmmmmmmm', 36), ['mmmm', 'mmmm', 'mm']);
  });

  it('keeps every character, in order, and no line is wider than it may be', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aé Wệ-/ .Щ日\u0301') });
    fc.assert(
      fc.property(text, fc.integer({ min: 15, max: 200 }), (words, width) => {
        const lines = wrap(words, width);
        const letters = (part: string) => part.replaceAll(' ', '');
        assert.equal(lines.map(letters).join(''), letters(regular.printable(words)));
        for (const line of lines) assert.ok(regular.widthOf(line, 9) <= width + 1e-9, line);
      }),
    );
  });
});
