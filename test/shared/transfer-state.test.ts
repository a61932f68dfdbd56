import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  canMove,
  statusesBefore,
  transferMoves,
  transferStatuses,
  unpaidStatuses,
} from '../../shared/transfer-state.ts';

const status = fc.constantFrom(...transferStatuses);

describe('shared/transfer-state', () => {
  it('allows exactly the moves of the money rules', () => {
    const drawn = new Set([
      'pending completed',
      'pending failed',
      'failed completed',
      'failed permanently_failed',
      'permanently_failed completed',
      'completed reversal_pending',
      'reversal_pending reversed',
      'reversal_pending reversal_failed',
      'reversal_failed reversal_pending',
      'pending held',
      'failed held',
      'permanently_failed held',
      'held pending',
      'held cancelled',
    ]);
    fc.assert(fc.property(status, status, (from, to) => canMove(from, to) === drawn.has(`${from} ${to}`)));
  });

  it('names as before a status exactly those that may become it', () => {
    fc.assert(fc.property(status, status, (from, to) => statusesBefore(to).includes(from) === canMove(from, to)));
  });

  it('never leads from paid back to unpaid', () => {
    const reachable = new Set(transferMoves.completed);
    for (const reached of reachable) for (const next of transferMoves[reached]) reachable.add(next);
    assert.deepEqual([...reachable].toSorted(), ['reversal_failed', 'reversal_pending', 'reversed']);
    for (const unpaid of unpaidStatuses) assert.ok(!reachable.has(unpaid));
  });

  it('ends only as cancelled or reversed', () => {
    const final = transferStatuses.filter(each => transferMoves[each].length === 0);
    assert.deepEqual(final, ['cancelled', 'reversed']);
  });
});
