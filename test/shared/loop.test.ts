import assert from 'node:assert/strict';
import { createLog, type Log } from '../../shared/log.ts';
import { startLoop } from '../../shared/loop.ts';
import { eventually } from '../support/eventually.ts';

const log = createLog({ level: 'silent', name: 'test' });
const never = 3_600_000;

describe('a loop', () => {
  it('runs at once, and again right away for as long as there is more', async () => {
    let runs = 0;
    const loop = startLoop({ name: 'x', everyMs: never, log, run: async () => (runs += 1) < 5 });
    await eventually(() => assert.equal(runs, 5));
    await loop.stop();
    assert.equal(runs, 5);
  });

  it('runs again after its pause', async () => {
    let runs = 0;
    const loop = startLoop({ name: 'x', everyMs: 1, log, run: async () => void (runs += 1) });
    await eventually(() => assert.ok(runs >= 3));
    await loop.stop();
  });

  it('never runs twice at once', async () => {
    let inside = 0;
    let most = 0;
    let runs = 0;
    const loop = startLoop({
      name: 'x',
      everyMs: 0,
      log,
      run: async () => {
        most = Math.max(most, (inside += 1));
        await new Promise(resolve => setImmediate(resolve));
        inside -= 1;
        runs += 1;
      },
    });
    await eventually(() => assert.ok(runs >= 3));
    await loop.stop();
    assert.equal(most, 1);
  });

  it('goes on after a failure, and tells the first of many', async () => {
    const told: unknown[] = [];
    const listening = { error: (fields: unknown) => told.push(fields) } as Partial<Log> as Log;
    let runs = 0;
    const loop = startLoop({
      name: 'relay',
      everyMs: 0,
      log: listening,
      run: async () => {
        runs += 1;
        if (runs <= 60) throw new Error('the database is away');
      },
    });
    await eventually(() => assert.ok(runs > 60));
    await loop.stop();
    assert.equal(told.length, 1);
    assert.match(JSON.stringify(told[0]), /"loop":"relay","failures":1/);
  });

  it('stops after the run that is under way, and runs no more', async () => {
    let runs = 0;
    let ended = false;
    let end: () => void = () => {};
    const loop = startLoop({
      name: 'x',
      everyMs: 0,
      log,
      run: async () => {
        runs += 1;
        await new Promise<void>(resolve => (end = resolve));
        ended = true;
        return true;
      },
    });
    await eventually(() => assert.equal(runs, 1));
    const stopped = loop.stop();
    end();
    await stopped;
    assert.ok(ended);
    await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(runs, 1);
  });

  it('never runs if it is stopped before its first beat', async () => {
    let runs = 0;
    await startLoop({ name: 'x', everyMs: 0, log, run: async () => void (runs += 1) }).stop();
    await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(runs, 0);
  });
});
