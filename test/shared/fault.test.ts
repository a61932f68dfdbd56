import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeError, Fault, recordFault } from '../../shared/fault.ts';

describe('a fault', () => {
  it('keeps what it was given, and is an error', () => {
    const cause = new Error('below');
    const fault = new Fault('conflict', 'taken', { reason: 'TAKEN', details: { a: 1 }, retryAfterS: 2, cause });
    assert.ok(fault instanceof Error);
    assert.equal(fault.name, 'Fault');
    assert.deepEqual(
      [fault.code, fault.message, fault.reason, fault.details, fault.retryAfterS, fault.cause],
      ['conflict', 'taken', 'TAKEN', { a: 1 }, 2, cause],
    );
  });
});

describe('the record of a failure', () => {
  it('is a fault in its own words, by its finer code where it has one', () => {
    assert.deepEqual(recordFault(new Fault('conflict', 'taken')), { code: 'conflict', message: 'taken' });
    assert.deepEqual(recordFault(new Fault('conflict', 'taken', { reason: 'balance_insufficient' })), {
      code: 'balance_insufficient',
      message: 'taken',
    });
  });

  it('keeps a cause apart from the message that clients see', () => {
    const recorded = recordFault(new Fault('unavailable', 'try later', { cause: new TypeError('host db-7 is down') }));
    assert.deepEqual(recorded, {
      code: 'unavailable',
      message: 'try later',
      cause: 'TypeError: host db-7 is down',
    });
  });

  it('shows nothing of an unexpected error but that there was one', () => {
    const recorded = recordFault(new Error('password=hunter2'));
    assert.equal(recorded.code, 'internal');
    assert.doesNotMatch(recorded.message, /hunter2/);
    assert.equal(recorded.cause, 'Error: password=hunter2');
  });

  it('describes any thrown value as text that a row can hold', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.string({ unit: 'binary' }).map(text => new Error(text)),
        ),
        value => {
          const text = describeError(value);
          assert.ok(text.length <= 1_000);
          assert.ok(text.isWellFormed());
          assert.ok(!text.includes('\u0000'));
        },
      ),
    );
  });

  it('describes a value that has no text without failing itself', () => {
    for (const value of [
      Object.create(null),
      { toString: 0 },
      Object.assign(new Error('x'), { message: Symbol('y') }),
    ]) {
      assert.equal(typeof describeError(value), 'string');
    }
  });

  it('holds a message of its own that no row refuses', () => {
    const recorded = recordFault(new Fault('invalid', 'the file says \u0000 and \ud800', { reason: 'bad\u0000file' }));
    assert.ok(recorded.message.isWellFormed() && !recorded.message.includes('\u0000'));
    assert.ok(!recorded.code.includes('\u0000'));
  });

  it('cuts a long cause without leaving half of a character', () => {
    const text = describeError(new Error('😀'.repeat(2_000)));
    assert.ok(text.isWellFormed());
  });
});
