import assert from 'node:assert/strict';
import { loadFonts } from '../../../workers/invoice/fonts.ts';
import { coveredScripts, isCovered, missingMark } from '../../../workers/invoice/printable.ts';

describe('printable', () => {
  const fonts = loadFonts();
  const languages = {
    Polish: 'Zażółć gęślą jaźń',
    Turkish: 'Iıİi Ğğ Şş',
    Romanian: 'Ăă Ââ Îî Șș Țț',
    Icelandic: 'Þþ Ðð Ææ',
    Maltese: 'Ħħ Ġġ Żż',
    Welsh: 'Ŵŵ Ŷŷ Ẁẁ',
    Hausa: 'Ɓɓ Ɗɗ Ƙƙ Ƴƴ',
    Yoruba: 'Ẹẹ Ọọ Ṣṣ',
    Vietnamese: 'ẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹĐđ',
    Greek: 'Άά Έέ Ήή Ίί ΐ Όό Ύύ ΰ Ώώ ς Ὦ ᾳ',
    Ukrainian: 'Ґґ Єє Іі Її',
    Serbian: 'Ђђ Ћћ Љљ Њњ Џџ',
    Kazakh: 'Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ',
    Armenian: 'Հայերեն',
    Georgian: 'ქართული',
  };

  for (const name of ['regular', 'bold'] as const) {
    it(`leaves what the scripts of today's languages are written with as it is (${name})`, () => {
      for (const [language, text] of Object.entries(languages)) {
        assert.equal(fonts[name].printable(text), text, language);
        assert.ok(isCovered(text), language);
      }
      assert.equal(fonts[name].printable(`${missingMark}−–—“„”’…·•€£¥₴₺₹№`), `${missingMark}−–—“„”’…·•€£¥₴₺₹№`);
    });
  }

  it('calls other scripts not covered', () => {
    assert.equal(coveredScripts.length, 5);
    for (const text of ['漢字', 'かな', '한글', 'हिन्दी', 'ไทย', 'العربية', 'עברית', 'አማርኛ'])
      assert.ok(!isCovered(text), text);
  });

  it('composes, drops what has no look, and marks what has no glyph', () => {
    const { printable } = fonts.regular;
    assert.equal(printable('e\u0301 \u1ec7'.normalize('NFD')), '\u00e9 \u1ec7');
    assert.equal(printable('soft\u00adhyphen\u200b\u2066\ufeff'), 'softhyphen');
    assert.equal(printable('a\tb\u0000c\u0085d'), 'a b□c□d');
    assert.equal(printable('漢字\ud83e'), '□□□');
  });
});
