import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contentDisposition } from '../../shared/content-disposition.ts';

describe('contentDisposition', () => {
  it('says a name twice: as UTF-8, and in ASCII for older readers', () => {
    assert.equal(
      contentDisposition('attachment', `Zoë's "50%" (x)*.pdf`),
      `attachment; filename="Zo_'s _50__ (x)*.pdf"; filename*=UTF-8''Zo%C3%AB%27s%20%2250%25%22%20%28x%29%2A.pdf`,
    );
  });

  it('is one header line that holds the whole name, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const header = contentDisposition('inline', name);
        assert.match(header, /^inline; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w!#$&+.^`|~%-]*$/);
        assert.equal(decodeURIComponent(header.slice(header.indexOf("''") + 2)), name.toWellFormed());
      }),
    );
  });
});
