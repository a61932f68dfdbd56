import assert from 'node:assert/strict';
import { finalStates, isFinal, jobStates, jobStatuses, legalMoves, statusOf } from '../../shared/state.ts';

describe('the life of a job', () => {
  it('has moves from every state, and only to states that there are', () => {
    assert.deepEqual(Object.keys(legalMoves).sort(), [...jobStates].sort());
    for (const targets of Object.values(legalMoves)) for (const to of targets) assert.ok(jobStates.includes(to));
  });

  it('ends in the final states and nowhere else', () => {
    assert.deepEqual(jobStates.filter(isFinal), [...finalStates]);
  });

  it('can reach every state from pending, and an end from every state', () => {
    const reachable = (from: (typeof jobStates)[number]) => {
      const seen = new Set([from]);
      for (const state of seen) for (const to of legalMoves[state]) seen.add(to);
      return seen;
    };
    assert.deepEqual([...reachable('pending')].sort(), [...jobStates].sort());
    for (const state of jobStates) assert.ok(finalStates.some(end => reachable(state).has(end)));
  });

  it('never succeeds without having run, and can be cancelled from wherever it has not ended', () => {
    assert.deepEqual(
      jobStates.filter(state => legalMoves[state].includes('succeeded')),
      ['running'],
    );
    for (const state of jobStates) assert.equal(legalMoves[state].includes('cancelled'), !isFinal(state), state);
  });
});

describe('the status that clients see', () => {
  it('is queued before the first attempt, with the broker or not', () => {
    assert.equal(statusOf('pending', 0), 'queued');
    assert.equal(statusOf('queued', 0), 'queued');
  });

  it('is retrying while a later attempt waits, and queued again once the broker has it', () => {
    assert.equal(statusOf('pending', 1), 'retrying');
    assert.equal(statusOf('queued', 1), 'queued');
  });

  it('is one of the published words for every state', () => {
    for (const state of jobStates)
      for (const attempt of [0, 1, 5]) assert.ok(jobStatuses.includes(statusOf(state, attempt)));
  });
});
