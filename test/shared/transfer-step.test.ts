import assert from 'node:assert/strict';
import fc from 'fast-check';
import { orderStatuses } from '../../shared/order-state.ts';
import { transferStatuses, unpaidStatuses } from '../../shared/transfer-state.ts';
import {
  absentReadsApartMs,
  nextReversalStep,
  nextTransferStep,
  type TransferFacts,
  trustKeyForMs,
} from '../../shared/transfer-step.ts';

const now = new Date('2026-11-23T12:00:00Z');
const ago = (max: number) => fc.integer({ min: 0, max }).map(ms => new Date(now.getTime() - ms));
const facts: fc.Arbitrary<TransferFacts> = fc.record({
  status: fc.constantFrom(...transferStatuses),
  orderStatus: fc.constantFrom(...orderStatuses),
  call: fc.constantFrom('none', 'unanswered', 'unknown'),
  absentReadAt: fc.option(ago(3 * absentReadsApartMs)),
  askedAt: ago(3 * trustKeyForMs),
  now: fc.constant(now),
  readAbsent: fc.boolean(),
  destination: fc.option(fc.constant('acct_1')),
  accountActive: fc.boolean(),
  tries: fc.nat(12),
});
const payable: TransferFacts = {
  status: 'pending',
  orderStatus: 'completed',
  call: 'none',
  absentReadAt: null,
  askedAt: now,
  now,
  readAbsent: false,
  destination: 'acct_1',
  accountActive: true,
  tries: 0,
};
const agoMs = (ms: number) => new Date(now.getTime() - ms);
const stepOf = (change: Partial<TransferFacts>) => nextTransferStep({ ...payable, ...change });

describe('shared/transfer-step', () => {
  it('sends what is owed, and asks an unanswered call again with the same key', () => {
    assert.deepEqual(stepOf({}), { do: 'send', newKey: false });
    assert.deepEqual(stepOf({ status: 'failed', call: 'unanswered', tries: 1 }), { do: 'send', newKey: false });
  });

  it('reads back an unknown outcome, and takes a new key only after two reads a minute apart', () => {
    const unknown = { status: 'failed', call: 'unknown', tries: 1 } as const;
    assert.deepEqual(stepOf(unknown), { do: 'read' });
    assert.deepEqual(stepOf({ ...unknown, readAbsent: true }), { do: 'read_later' });
    assert.deepEqual(stepOf({ ...unknown, readAbsent: true, absentReadAt: agoMs(59_999) }), { do: 'read_later' });
    const again = { ...unknown, readAbsent: true, absentReadAt: agoMs(60_000) };
    assert.deepEqual(stepOf(again), { do: 'send', newKey: true });
  });

  it('reads before any send more than 20 hours after the transfer was made', () => {
    assert.deepEqual(stepOf({ askedAt: agoMs(20 * 3_600_000) }), { do: 'send', newKey: false });
    assert.deepEqual(stepOf({ askedAt: agoMs(20 * 3_600_000 + 1) }), { do: 'read' });
    const read = { askedAt: agoMs(20 * 3_600_000 + 1), readAbsent: true };
    assert.deepEqual(stepOf(read), { do: 'send', newKey: false });
  });

  it('never sends for an order that is not completed', () => {
    fc.assert(
      fc.property(facts, given => {
        fc.pre(given.orderStatus !== 'completed');
        return nextTransferStep(given).do !== 'send';
      }),
    );
  });

  it('never asks the provider anything for what is paid, held or cancelled', () => {
    fc.assert(
      fc.property(facts, given => {
        fc.pre(!unpaidStatuses.includes(given.status));
        return nextTransferStep(given).do === 'nothing';
      }),
    );
  });

  it('never holds what may have been paid without two reads that found nothing', () => {
    fc.assert(
      fc.property(facts, given => {
        fc.pre(nextTransferStep(given).do === 'hold' && given.call !== 'none');
        return given.readAbsent && now.getTime() - (given.absentReadAt?.getTime() ?? Infinity) >= absentReadsApartMs;
      }),
    );
  });

  it('never leaves a burnt key for a new one without two reads that found nothing, and never otherwise', () => {
    fc.assert(
      fc.property(facts, given => {
        const step = nextTransferStep(given);
        fc.pre(step.do === 'send');
        const absentTwice =
          given.readAbsent && now.getTime() - (given.absentReadAt?.getTime() ?? Infinity) >= absentReadsApartMs;
        assert.equal(step.newKey, given.call === 'unknown');
        assert.ok(!step.newKey || absentTwice);
        assert.ok(given.readAbsent || now.getTime() - given.askedAt.getTime() <= trustKeyForMs);
        // The schema keeps a destination beside every call that was made.
        assert.ok(given.destination !== null || given.call !== 'none');
      }),
      { numRuns: 2_000 },
    );
  });

  it('spends no try on a seller who was never payable', () => {
    assert.deepEqual(stepOf({ destination: null, accountActive: false }), { do: 'wait' });
    assert.deepEqual(stepOf({ accountActive: false }), { do: 'wait' });
    assert.deepEqual(stepOf({ accountActive: false, askedAt: agoMs(2 * trustKeyForMs) }), { do: 'wait' });
    assert.deepEqual(stepOf({ status: 'failed', accountActive: false, tries: 1 }), { do: 'send', newKey: false });
  });

  it('reverses by the same rules, only what is to be reversed', () => {
    fc.assert(
      fc.property(facts, given => {
        const step = nextReversalStep(given);
        if (given.status !== 'reversal_pending') return step.do === 'nothing';
        return step.do !== 'nothing' && step.do !== 'hold' && step.do !== 'wait';
      }),
    );
  });
});
