import assert from 'node:assert/strict';
import { parseOptions } from '@node-rs/argon2';
import { hashPassword, verifyPassword } from '../../shared/password.ts';

describe('shared/password', () => {
  it('hashes with argon2id at OWASP cost, a fresh salt each time', async () => {
    const hashed = await hashPassword('correct horse battery');
    assert.match(hashed, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(await hashPassword('correct horse battery'), hashed);
    const { memoryCost, timeCost } = parseOptions(hashed);
    assert.deepEqual({ memoryCost, timeCost }, { memoryCost: 19_456, timeCost: 2 });
  });

  it('tells the right password from a wrong one', async () => {
    const hashed = await hashPassword('correct horse battery');
    assert.equal(await verifyPassword(hashed, 'correct horse battery'), true);
    assert.equal(await verifyPassword(hashed, 'correct horse batterz'), false);
  });

  it('takes the same letters however a keyboard composes them', async () => {
    assert.equal(await verifyPassword(await hashPassword('caf\u00e9 au lait'), 'cafe\u0301 au lait'), true);
  });

  it('answers false for nobody', async () => {
    assert.equal(await verifyPassword(null, 'correct horse battery'), false);
  });
});
