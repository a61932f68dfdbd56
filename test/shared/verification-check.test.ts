import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  certain,
  documentRules,
  type VerificationCheck,
  verdictOf,
  verificationVerdict,
} from '../../shared/verification-check.ts';

function check(outcome: VerificationCheck['outcome'], confidence = 1, reason?: string): VerificationCheck {
  const evidence = { source: 'text' as const };
  return { name: 'expiry', outcome, confidence, evidence, message: outcome, ...(reason ? { reason } : {}) };
}

describe('shared/verification-check', () => {
  it('passes only what all checks surely pass', () => {
    const checks = fc.array(
      fc.record({
        outcome: fc.constantFrom('pass', 'fail', 'doubt', 'skipped' as const),
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(checks, given => {
        const { status } = verdictOf(given.map(({ outcome, confidence }) => check(outcome, confidence)));
        const sure = given.filter(({ confidence }) => confidence >= certain);
        const allPass = given.every(({ outcome }) => outcome === 'skipped' || outcome === 'pass');
        assert.equal(
          status === 'AUTO_FAIL',
          sure.some(({ outcome }) => outcome === 'fail'),
        );
        if (status === 'AUTO_PASS') {
          assert.ok(allPass && sure.some(({ outcome }) => outcome === 'pass'));
          assert.ok(given.every(({ outcome, confidence }) => outcome === 'skipped' || confidence >= certain));
        }
      }),
    );
  });

  it('says why: the failure before the doubt', () => {
    assert.deepEqual(verdictOf([check('pass')]).reason, undefined);
    assert.deepEqual(verdictOf([check('doubt', 0.5, 'ambiguous_date'), check('fail', 1, 'expired')]).reason, 'expired');
    assert.deepEqual(verdictOf([check('pass', 0.79)]).reason, 'low_confidence');
    assert.deepEqual(verdictOf([]).status, 'NEEDS_REVIEW');
    assert.ok(verificationVerdict.safeParse(verdictOf([check('pass', 0.5), check('skipped')])).success);
  });

  it('refuses rules that it does not know', () => {
    assert.ok(documentRules.safeParse({ certificateType: 'FOOD_HANDLER', minDaysValid: 30 }).success);
    for (const wrong of [{ colour: 'red' }, { minDaysValid: -1 }, { issuer: '' }])
      assert.ok(!documentRules.safeParse(wrong).success, JSON.stringify(wrong));
  });
});
