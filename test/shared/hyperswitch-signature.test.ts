import assert from 'node:assert/strict';
import { signWebhook, verifyWebhook } from '../../shared/hyperswitch-signature.ts';

describe('shared/hyperswitch-signature', () => {
  const body = Buffer.from('what do ya want for nothing?');
  /** RFC 4231, test case 2. */
  const vector =
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737';

  it('is the hex HMAC-SHA512 of the raw body', () => {
    assert.equal(signWebhook(body, 'Jefe'), vector);
    assert.ok(verifyWebhook(body, vector, ['Jefe']));
    assert.ok(verifyWebhook(body, vector.toUpperCase(), ['Jefe']));
  });

  it('signs bytes, not text', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    assert.ok(verifyWebhook(bytes, signWebhook(bytes, 'k'), ['k']));
    assert.ok(!verifyWebhook(Buffer.from(bytes.toString('utf8')), signWebhook(bytes, 'k'), ['k']));
  });

  it('takes any of several secrets, so that one can replace another', () => {
    assert.ok(verifyWebhook(body, vector, ['new', 'Jefe']));
    assert.ok(verifyWebhook(body, vector, ['Jefe', 'new']));
    assert.ok(!verifyWebhook(body, vector, ['new']));
    assert.ok(!verifyWebhook(body, vector, []));
  });

  it('refuses a changed body, a missing signature, and what is not 128 hex digits', () => {
    assert.ok(!verifyWebhook(Buffer.from('what do ya want for nothing!'), vector, ['Jefe']));
    const wrong = [undefined, '', vector.slice(2), `${vector}00`, `zz${vector.slice(2)}`, ` ${vector}`, `${vector}\n`];
    for (const signature of wrong) assert.ok(!verifyWebhook(body, signature, ['Jefe']), String(signature));
  });

  it('never takes an empty secret, with which anyone could sign', () => {
    assert.ok(!verifyWebhook(body, signWebhook(body, ''), ['']));
  });
});
