import assert from 'node:assert/strict';
import { nameOf } from '../fuzz/draft.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import { openWorld, type FuzzWorld } from '../fuzz/world.ts';

/** The same each time, so that a change is judged by what it changed; `npm run fuzz` draws another one. */
const seed = 7;

describe('requests of every kind', function () {
  this.timeout(300_000);
  let world: FuzzWorld;
  before(async () => {
    world = await openWorld();
  });
  after(() => world?.stop());

  it(`are answered as the documents say, never with a 5xx, on connections that stay open (seed ${seed})`, async () => {
    const { findings, coverage } = await fuzz(world, { seed, requests: 2_000 });
    const told = findings.map(
      ({ operation, complaint, curl, answer }) => `${operation}: ${complaint}\n${curl}\n${answer}`,
    );
    assert.deepEqual(findings, [], told.join('\n\n'));
    const unasked = [...coverage.values()].filter(({ statuses }) => statuses.size === 0);
    assert.deepEqual(
      unasked.map(({ operation }) => nameOf(operation)),
      [],
      'operations that no request was sent to',
    );
  });
});
