import assert from 'node:assert/strict';
import fc from 'fast-check';
import { batch } from '../../shared/batch.ts';

/** Resolves once everything that this turn of the event loop began has had its turn. */
const turn = () => new Promise(resolve => setImmediate(resolve));

interface Held {
  items: number[];
  end(): void;
  fail(error: unknown): void;
}

/** A batch of numbers whose runs last until the test ends them; each number is answered with its double. */
function heldBatch(options: { maxItems?: number; lanes?: number }) {
  const runs: Held[] = [];
  const add = batch<number, number>({
    maxItems: options.maxItems ?? 100,
    lanes: options.lanes ?? 1,
    divisible: () => false,
    run: items =>
      new Promise((resolve, reject) =>
        runs.push({ items, end: () => resolve(items.map(item => item * 2)), fail: reject }),
      ),
  });
  return { runs, add };
}

function runAt(runs: readonly Held[], index: number): Held {
  const run = runs[index];
  assert.ok(run, `run ${index} has not begun`);
  return run;
}

describe('a batch', () => {
  it('handles in one run what arrives in one turn, and answers each item in order', async () => {
    const { runs, add } = heldBatch({});
    const answers = Promise.all([1, 2, 3].map(add));
    await turn();
    assert.deepEqual(
      runs.map(run => run.items),
      [[1, 2, 3]],
    );
    runAt(runs, 0).end();
    assert.deepEqual(await answers, [2, 4, 6]);
  });

  it('starts a batch of one in the same turn, with no wait for company', async () => {
    const { runs, add } = heldBatch({});
    const answer = add(7);
    await turn();
    runAt(runs, 0).end();
    assert.equal(await answer, 14);
  });

  it('collects what arrives while every lane is busy into the next run', async () => {
    const { runs, add } = heldBatch({ lanes: 1 });
    const first = add(1);
    await turn();
    const later = [];
    for (const item of [2, 3, 4]) {
      later.push(add(item));
      await turn();
    }
    assert.equal(runs.length, 1);
    runAt(runs, 0).end();
    assert.equal(await first, 2);
    await turn();
    assert.deepEqual(runAt(runs, 1).items, [2, 3, 4]);
    runAt(runs, 1).end();
    assert.deepEqual(await Promise.all(later), [4, 6, 8]);
  });

  it('has as many runs under way as it has lanes, and no more', async () => {
    const { runs, add } = heldBatch({ lanes: 2, maxItems: 2 });
    const answers = Promise.all([1, 2, 3, 4, 5].map(add));
    await turn();
    assert.deepEqual(
      runs.map(run => run.items),
      [
        [1, 2],
        [3, 4],
      ],
    );
    runAt(runs, 1).end();
    await turn();
    assert.deepEqual(runAt(runs, 2).items, [5]);
    runAt(runs, 2).end();
    runAt(runs, 0).end();
    assert.deepEqual(await answers, [2, 4, 6, 8, 10]);
  });

  it('goes on after a run that failed', async () => {
    const { runs, add } = heldBatch({});
    const lost = add(1);
    await turn();
    runAt(runs, 0).fail(new Error('the connection was lost'));
    await assert.rejects(lost, /the connection was lost/);
    const next = add(2);
    await turn();
    runAt(runs, 1).end();
    assert.equal(await next, 4);
  });

  it('fails every item of a run whose error is nobody’s own, without trying halves', async () => {
    const runs: number[][] = [];
    const add = batch<number, number>({
      maxItems: 100,
      lanes: 1,
      divisible: () => false,
      run: async items => {
        runs.push(items);
        throw new Error('the database is away');
      },
    });
    const settled = await Promise.allSettled([1, 2, 3, 4].map(add));
    assert.ok(settled.every(answer => answer.status === 'rejected'));
    assert.deepEqual(runs, [[1, 2, 3, 4]]);
  });

  it('stops halving as soon as the error is nobody’s own', async () => {
    let runs = 0;
    const add = batch<number, number>({
      maxItems: 100,
      lanes: 1,
      divisible: error => (error as Error).message === 'bad item',
      run: async items => {
        runs += 1;
        throw new Error(items.length === 8 ? 'bad item' : 'the database is away');
      },
    });
    const settled = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(add));
    assert.ok(settled.every(answer => answer.status === 'rejected'));
    assert.equal(runs, 3); // the whole, and both halves
  });

  it('fails exactly the bad items and answers all others, whichever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (good, maxItems) => {
          const add = batch<number, number>({
            maxItems,
            lanes: 2,
            divisible: () => true,
            run: async items => {
              assert.ok(items.length <= maxItems);
              if (items.some(item => !good[item])) throw new Error('a bad row');
              return items.map(item => item * 2);
            },
          });
          const settled = await Promise.allSettled(good.map((_, index) => add(index)));
          settled.forEach((answer, index) => {
            if (good[index]) assert.deepEqual(answer, { status: 'fulfilled', value: index * 2 });
            else assert.equal(answer.status, 'rejected');
          });
        },
      ),
    );
  });

  it('finds one bad item among a thousand in at most twice ten more runs', async () => {
    let runs = 0;
    const add = batch<number, number>({
      maxItems: 1_000,
      lanes: 1,
      divisible: () => true,
      run: async items => {
        runs += 1;
        if (items.includes(617)) throw new Error('a bad row');
        return items;
      },
    });
    const settled = await Promise.allSettled(Array.from({ length: 1_000 }, (_, index) => add(index)));
    assert.deepEqual(
      settled.flatMap((answer, index) => (answer.status === 'rejected' ? [index] : [])),
      [617],
    );
    assert.ok(runs <= 21, `${runs} runs`);
  });

  it('takes a run that answers too little, or throws at once, for a failure', async () => {
    const short = batch<number, number>({ maxItems: 9, lanes: 1, divisible: () => false, run: async () => [1] });
    const settled = await Promise.allSettled([short(1), short(2)]);
    assert.ok(settled.every(answer => answer.status === 'rejected'));
    const sudden = batch<number, number>({
      maxItems: 9,
      lanes: 1,
      divisible: () => false,
      run: () => {
        throw new Error('at once');
      },
    });
    await assert.rejects(sudden(1), /at once/);
  });
});
