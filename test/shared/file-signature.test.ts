import assert from 'node:assert/strict';
import { type FileGrant, readFileToken, readUploadToken, signFile, signUpload } from '../../shared/file-signature.ts';

const now = Date.parse('2026-02-10T08:00:00Z');
const grant: FileGrant = {
  key: 'cloud/ab/cd/file',
  expiresAtS: now / 1_000 + 60,
  filename: 'naïve.txt',
  contentType: 'text/plain',
  disposition: 'attachment',
};

describe('the token of a file', () => {
  const token = signFile(grant, ['first', 'second']);

  it('says what was granted, and fits into a path as it is', () => {
    assert.deepEqual(readFileToken(token, ['first'], now), grant);
    assert.match(token, /^[\w-]+\.[\w-]+$/);
  });

  it('is signed by the first secret and read by any', () => {
    assert.deepEqual(readFileToken(token, ['newer', 'first'], now), grant);
    assert.throws(() => readFileToken(token, ['second'], now), { code: 'not_found' });
  });

  it('is gone once it has expired, at that very second', () => {
    assert.deepEqual(readFileToken(token, ['first'], now + 59_999), grant);
    assert.throws(() => readFileToken(token, ['first'], now + 60_000), { code: 'gone' });
  });

  it('for reading is nothing to who takes files in, and the other way round', () => {
    const upload = { key: grant.key, expiresAtS: grant.expiresAtS, sizeBytes: 10, contentType: 'text/plain' };
    const sending = signUpload(upload, ['first']);
    assert.deepEqual(readUploadToken(sending, ['newer', 'first'], now), upload);
    assert.throws(() => readUploadToken(sending, ['first'], now + 60_000), { code: 'gone' });
    assert.throws(() => readFileToken(sending, ['first'], now), { code: 'not_found' });
    assert.throws(() => readUploadToken(token, ['first'], now), { code: 'not_found' });
  });

  it('is nothing at all once a character has changed, or for what is no token', () => {
    const [text = '', mac = ''] = token.split('.');
    const longer = Buffer.from(JSON.stringify({ ...grant, expiresAtS: grant.expiresAtS + 1 })).toString('base64url');
    const flipped = `${text}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
    for (const forged of [`${longer}.${mac}`, flipped, `${token}.`, text, `${text}.`, '.', '', `${text}.${mac}x`]) {
      assert.throws(() => readFileToken(forged, ['first'], now), { code: 'not_found' }, forged);
    }
  });
});
