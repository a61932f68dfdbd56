import assert from 'node:assert/strict';
import fc from 'fast-check';
import { safeName } from '../../../workers/export/safe-name.ts';

describe('workers/export/safe-name', () => {
  it('leaves names that are good everywhere as they are', () => {
    for (const name of ['song.mp3', 'Łódź – 東京 (2).pdf', 'no-extension', 'a.tar.gz'])
      assert.equal(safeName(name), name);
  });

  it('takes out folders, what is invisible, and what Windows keeps for itself', () => {
    assert.equal(safeName('../../etc/passwd'), '__.._etc_passwd');
    assert.equal(safeName('a\\b:c*d?.txt'), 'a_b_c_d_.txt');
    assert.equal(safeName('invoice\u202Efdp.exe'), 'invoice_fdp.exe');
    assert.equal(safeName('CON'), '_CON');
    assert.equal(safeName('nul.txt'), '_nul.txt');
    assert.equal(safeName('.hidden. '), '_hidden_');
    assert.equal(safeName(''), 'file');
  });

  it('cuts long names in whole characters and keeps the extension', () => {
    const name = safeName(`${'東'.repeat(100)}.pdf`);
    assert.equal(name, `${'東'.repeat(48)}.pdf`);
  });

  it('makes a short, plain name of anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
        const name = safeName(text);
        assert.ok(name.length > 0 && Buffer.byteLength(name) <= 160);
        assert.doesNotMatch(name, /[/\\\p{Cc}]|^\.|[. ]$/u);
        assert.equal(name.isWellFormed(), true);
      }),
    );
  });
});
