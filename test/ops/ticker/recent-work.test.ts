import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RecentWork, type WorkerCounts } from '../../../ops/ticker/recent-work.ts';
import { durationPlace, noStats } from '../../../shared/kind-stats.ts';

const startMs = Date.UTC(2026, 0, 15, 8, 59, 50);

/** A worker that has succeeded so often at `tally`, each time within 50 ms. */
function worker(id: string, succeeded: number, failed = 0): WorkerCounts {
  const stats = { ...noStats(), succeeded, failed };
  stats.durations[durationPlace(50)] = succeeded;
  return { id, stats: { tally: stats } };
}

/** Looks every two seconds at what `workers` say, in one term. */
class Looks {
  readonly work = new RecentWork();
  readonly windows: [number, number][] = [];
  nowMs = startMs;
  term = 'first';
  accepted = 0;

  async look(...workers: WorkerCounts[]) {
    const step = await this.work.goOn({ term: this.term, nowMs: this.nowMs, workers }, async (fromMs, toMs) => {
      this.windows.push([fromMs, toMs]);
      return this.accepted === 0 ? [] : [{ kind: 'tally', accepted: this.accepted }];
    });
    this.nowMs += 2_000;
    return {
      succeeded: step.done.get('tally')?.succeeded ?? 0,
      accepted: step.accepted.get('tally') ?? 0,
      ms: step.ms,
    };
  }
}

describe('recent work', () => {
  it('is not what was done before the first look, which only takes bearings', async () => {
    const looks = new Looks();
    assert.deepEqual(await looks.look(worker('a', 1_000)), { succeeded: 0, accepted: 0, ms: 0 });
    assert.equal(looks.work.ratesOf('tally').succeededPerS, 0);
    assert.deepEqual(await looks.look(worker('a', 1_006)), { succeeded: 6, accepted: 0, ms: 2_000 });
    assert.equal(looks.work.ratesOf('tally').succeededPerS, 3);
  });

  it('is all that a worker has done that was not there at the look before', async () => {
    const looks = new Looks();
    await looks.look(worker('a', 5));
    assert.equal((await looks.look(worker('a', 5), worker('b', 7))).succeeded, 7);
    assert.equal((await looks.look(worker('a', 5), worker('b', 7))).succeeded, 0);
  });

  it('holds the last things that a worker did before it stopped, once', async () => {
    const looks = new Looks();
    await looks.look(worker('a', 5));
    assert.equal((await looks.look(worker('a', 9))).succeeded, 4);
    assert.equal((await looks.look(worker('a', 9))).succeeded, 0);
    assert.equal((await looks.look()).succeeded, 0);
  });

  it('goes on with a worker that lost its lease and registered anew, whose counts begin at nothing', async () => {
    const looks = new Looks();
    await looks.look(worker('a', 900));
    assert.equal((await looks.look(worker('a', 904), worker('a-again', 3))).succeeded, 7);
  });

  it('leaves out what another leader has counted', async () => {
    const looks = new Looks();
    await looks.look(worker('a', 10));
    await looks.look(worker('a', 20));
    looks.term = 'third';
    looks.nowMs += 60_000;
    looks.accepted = 99;
    assert.deepEqual(await looks.look(worker('a', 500), worker('b', 300)), { succeeded: 0, accepted: 0, ms: 0 });
    assert.equal(looks.work.ratesOf('tally').succeededPerS, 0);
    assert.equal((await looks.look(worker('a', 502), worker('b', 300))).succeeded, 2);
  });

  it('only takes bearings after a break of more than five minutes', async () => {
    const looks = new Looks();
    await looks.look(worker('a', 10));
    looks.nowMs += 299_000;
    await looks.look(worker('a', 10));
    assert.equal(looks.windows.length, 0);
    await looks.look(worker('a', 10));
    assert.equal(looks.windows.length, 1);
  });

  it('asks for what was accepted in windows that touch and never overlap, two seconds late', async () => {
    const looks = new Looks();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -3_000, max: 9_000 }), { maxLength: 20 }), async moves => {
        looks.term = `${looks.term}+`;
        looks.windows.length = 0;
        const beganMs = looks.nowMs;
        await looks.look();
        for (const move of moves) {
          looks.nowMs += move;
          await looks.look();
        }
        let untilMs = beganMs - 2_000;
        for (const [fromMs, toMs] of looks.windows) {
          assert.equal(fromMs, untilMs);
          assert.ok(toMs > fromMs);
          untilMs = toMs;
        }
      }),
    );
  });

  it('covers the time of a look that failed with the next one', async () => {
    const looks = new Looks();
    await looks.look(worker('a', 10));
    const failing = looks.work.goOn({ term: 'first', nowMs: looks.nowMs, workers: [worker('a', 13)] }, () =>
      Promise.reject(new Error('away')),
    );
    await assert.rejects(failing, /away/);
    looks.nowMs += 2_000;
    assert.deepEqual(await looks.look(worker('a', 15)), { succeeded: 5, accepted: 0, ms: 4_000 });
    assert.deepEqual(looks.windows, [[startMs - 2_000, startMs + 2_000]]);
  });

  it('forgets what was done more than a minute ago', async () => {
    const looks = new Looks();
    await looks.look(worker('a', 0));
    await looks.look(worker('a', 600));
    for (let n = 0; n < 28; n++) await looks.look(worker('a', 600));
    assert.ok(looks.work.ratesOf('tally').succeededPerS > 9);
    await looks.look(worker('a', 600));
    await looks.look(worker('a', 600));
    const rates = looks.work.ratesOf('tally');
    assert.equal(rates.succeededPerS, 0);
    assert.equal(rates.p50Ms, null);
  });

  it('tells rates a second, and durations of what succeeded', async () => {
    const looks = new Looks();
    looks.accepted = 10;
    await looks.look(worker('a', 0));
    await looks.look(worker('a', 8, 2));
    const { acceptedPerS, succeededPerS, failedPerS, p50Ms } = looks.work.ratesOf('tally');
    assert.deepEqual([acceptedPerS, succeededPerS, failedPerS], [5, 4, 1]);
    assert.ok(p50Ms !== null && p50Ms > 20 && p50Ms <= 50);
  });
});
