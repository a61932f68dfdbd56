import assert from 'node:assert/strict';
import { isSealed, seal, unseal } from '../../shared/secret-box.ts';

const old = 'an old secret that is long enough to be one';
const fresh = 'a fresh secret that is long enough to be one';

describe('shared/secret-box', () => {
  it('opens what it has sealed, after a rotation too', () => {
    const sealed = seal('live_abc €', 'stream key', [old]);
    assert.ok(isSealed(sealed) && !sealed.includes('live_abc'));
    assert.equal(unseal(sealed, 'stream key', [fresh, old]), 'live_abc €');
  });

  it('never seals a text twice in the same way', () => {
    assert.notEqual(seal('a', 'p', [old]), seal('a', 'p', [old]));
  });

  it('opens nothing for another purpose, with another secret, or once it was changed', () => {
    const sealed = seal('secret', 'p', [old]);
    const changed = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
    assert.throws(() => unseal(sealed, 'q', [old]));
    assert.throws(() => unseal(sealed, 'p', [fresh]));
    assert.throws(() => unseal(changed, 'p', [old]));
    assert.throws(() => unseal('plain', 'p', [old]));
  });

  it('refuses to seal without a secret', () => {
    assert.throws(() => seal('a', 'p', undefined), /ENCRYPTION_KEY/);
  });
});
