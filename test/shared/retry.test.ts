import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadCatalog } from '../../shared/catalog.ts';
import { checkRetryPolicy, retryDelayMs, type RetryPolicy } from '../../shared/retry.ts';

const policies: fc.Arbitrary<RetryPolicy> = fc
  .record({
    attempts: fc.integer({ min: 1, max: 1_000 }),
    firstDelayMs: fc.integer({ min: 0, max: 600_000 }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    more: fc.integer({ min: 0, max: 86_400_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ more, ...policy }) => ({ ...policy, maxDelayMs: policy.firstDelayMs + more }));
const attempts = fc.integer({ min: 1, max: 1_000 });
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the retry delay', () => {
  it('stays within the longest delay and its jitter, for every attempt', () => {
    fc.assert(
      fc.property(policies, attempts, randoms, (policy, attempt, random) => {
        checkRetryPolicy(policy);
        const delayMs = retryDelayMs(policy, attempt, () => random);
        assert.ok(Number.isSafeInteger(delayMs));
        assert.ok(delayMs >= 0);
        assert.ok(delayMs <= Math.round(policy.maxDelayMs * (1 + policy.jitter)));
        assert.ok(delayMs >= Math.floor(policy.firstDelayMs * (1 - policy.jitter)));
      }),
    );
  });

  it('never grows shorter from one attempt to the next, jitter aside', () => {
    fc.assert(
      fc.property(policies, attempts, (policy, attempt) => {
        const middle = () => 0.5; // no jitter either way
        assert.ok(retryDelayMs(policy, attempt + 1, middle) >= retryDelayMs(policy, attempt, middle));
      }),
    );
  });

  it('varies by the jitter and no further', () => {
    fc.assert(
      fc.property(policies, attempts, randoms, (policy, attempt, random) => {
        const base = retryDelayMs({ ...policy, jitter: 0 }, attempt, () => 0.5);
        const delayMs = retryDelayMs(policy, attempt, () => random);
        assert.ok(Math.abs(delayMs - base) <= base * policy.jitter + 1);
      }),
    );
  });

  it('doubles from five minutes to six hours as transfers want it', () => {
    const spec = loadCatalog({ echoKinds: false }).get('transfer');
    assert.ok(spec);
    const minutes = Array.from({ length: 10 }, (_, index) => retryDelayMs(spec.retry, index + 1, () => 0.5) / 60_000);
    assert.deepEqual(minutes, [5, 10, 20, 40, 80, 160, 320, 360, 360, 360]);
  });
});

describe('a retry policy', () => {
  const good: RetryPolicy = { attempts: 3, firstDelayMs: 10, factor: 2, maxDelayMs: 100, jitter: 0.1 };
  const bad: [keyof RetryPolicy, number[]][] = [
    ['attempts', [0, 1.5, 1_001, Number.NaN]],
    ['firstDelayMs', [-1, Number.POSITIVE_INFINITY, Number.NaN]],
    ['factor', [0.5, Number.POSITIVE_INFINITY, Number.NaN]],
    ['maxDelayMs', [9, Number.POSITIVE_INFINITY, Number.NaN]],
    ['jitter', [-0.1, 1.1, Number.NaN]],
  ];

  it('is taken when every field can be meant', () => {
    checkRetryPolicy(good);
    checkRetryPolicy({ ...good, attempts: 1, firstDelayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0 });
  });

  for (const [field, values] of bad) {
    it(`names ${field} when that can't be meant`, () => {
      for (const value of values) {
        assert.throws(() => checkRetryPolicy({ ...good, [field]: value }), new RegExp(`^TypeError: retry\\.${field} `));
      }
    });
  }
});
