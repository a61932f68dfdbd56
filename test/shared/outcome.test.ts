import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Fault, faultCodes } from '../../shared/fault.ts';
import { outcomeOf, rescuedOutcome, type AttemptFacts } from '../../shared/outcome.ts';
import { legalMoves } from '../../shared/state.ts';

const retry = { attempts: 5, firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000, jitter: 0.1 };
const facts: fc.Arbitrary<AttemptFacts> = fc.record({
  attempt: fc.integer({ min: 1, max: 20 }),
  maxAttempts: fc.integer({ min: 1, max: 20 }),
  retry: fc.constant(retry),
});
const errors: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...faultCodes).map(code => new Fault(code, 'it went wrong')),
  fc.string().map(message => new Error(message)),
  fc.anything(),
);
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const first: AttemptFacts = { attempt: 1, maxAttempts: 5, retry };
const half = () => 0.5;

describe('the outcome of a failed attempt', () => {
  it('is never another try once the attempts are spent', () => {
    fc.assert(
      fc.property(errors, facts, randoms, (error, attempt, random) => {
        for (const outcome of [outcomeOf(error, attempt, () => random), rescuedOutcome(attempt, () => random)]) {
          if (attempt.attempt >= attempt.maxAttempts) assert.notEqual(outcome.state, 'pending');
        }
      }),
    );
  });

  it('is a state that a running job may go to, with a fault that says why', () => {
    fc.assert(
      fc.property(errors, facts, randoms, (error, attempt, random) => {
        const outcome = outcomeOf(error, attempt, () => random);
        assert.ok(legalMoves.running.includes(outcome.state));
        assert.notEqual(outcome.state, 'succeeded');
        assert.ok('fault' in outcome && outcome.fault && outcome.fault.code !== '');
      }),
    );
  });

  it('is final for every fault but unavailable', () => {
    for (const code of faultCodes) {
      const { state } = outcomeOf(new Fault(code, 'no'), first, half);
      assert.equal(state, code === 'cancelled' ? 'cancelled' : code === 'unavailable' ? 'pending' : 'failed', code);
    }
  });

  it('is another try for anything that was not thrown on purpose', () => {
    fc.assert(
      fc.property(fc.anything(), error => {
        assert.equal(outcomeOf(error, first, half).state, 'pending');
      }),
    );
  });

  it('waits as the policy says, or as long as the fault asks when that is longer', () => {
    const delayOf = (error: unknown) => {
      const outcome = outcomeOf(error, first, half);
      return outcome.state === 'pending' ? outcome.delayMs : null;
    };
    assert.equal(delayOf(new Error('x')), 1_000);
    assert.equal(delayOf(new Fault('unavailable', 'x', { retryAfterS: 30 })), 30_000);
    assert.equal(delayOf(new Fault('unavailable', 'x', { retryAfterS: 0.1 })), 1_000);
  });

  it('cancels even when the attempts are spent', () => {
    const last = { ...first, attempt: 5 };
    assert.equal(outcomeOf(new Fault('cancelled', 'x'), last, half).state, 'cancelled');
  });
});

describe('the outcome of a lost worker’s job', () => {
  it('is another try within a second, whatever the policy says', () => {
    fc.assert(
      fc.property(randoms, random => {
        const outcome = rescuedOutcome(first, () => random);
        assert.ok(outcome.state === 'pending' && outcome.why === 'retry');
        assert.ok(outcome.delayMs >= 0 && outcome.delayMs <= 1_000);
        assert.equal(outcome.fault.code, 'worker_lost');
      }),
    );
  });

  it('is failure at the last attempt: a job that kills its workers ends', () => {
    const outcome = rescuedOutcome({ ...first, attempt: 5 }, half);
    assert.ok(outcome.state === 'failed' && outcome.fault.code === 'worker_lost');
  });
});
