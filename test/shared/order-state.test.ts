import assert from 'node:assert/strict';
import { isUndone, orderMoves, orderStatuses, orderStatusesBefore } from '../../shared/order-state.ts';

describe('shared/order-state', () => {
  it('ends where the money has gone back, and nowhere else', () => {
    const ends = orderStatuses.filter(status => orderMoves[status].length === 0);
    assert.deepEqual(ends, ['refunded', 'charged_back']);
    assert.deepEqual(ends, orderStatuses.filter(isUndone));
  });

  it('completes what is unpaid, and what a failed refund or a won dispute gives back', () => {
    assert.deepEqual(orderStatusesBefore('completed'), ['pending', 'failed', 'refund_pending', 'disputed']);
    assert.deepEqual(orderStatusesBefore('refunded'), ['refund_pending', 'disputed']);
    assert.deepEqual(orderStatusesBefore('expired'), ['pending', 'failed', 'refund_pending']);
  });

  it('can be reached whole from a new order', () => {
    const reached = new Set<string>(['pending']);
    for (const status of reached) for (const next of orderMoves[status as 'pending']) reached.add(next);
    assert.deepEqual([...reached].sort(), [...orderStatuses].sort());
  });
});
