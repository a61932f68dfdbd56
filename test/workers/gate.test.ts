import assert from 'node:assert/strict';
import { Gate } from '../../workers/gate.ts';

const open = new AbortController().signal;
const turn = () => new Promise(resolve => setImmediate(resolve));

/** Work that lasts until `end`. */
function held() {
  let end: () => void = () => {};
  const done = new Promise<void>(resolve => (end = resolve));
  let began = false;
  return {
    work: () => {
      began = true;
      return done;
    },
    get began() {
      return began;
    },
    end: () => end(),
  };
}

describe('the gate', () => {
  it('lets any number in at once while nobody is to run alone', () => {
    const gate = new Gate();
    for (let jobs = 0; jobs < 100; jobs += 1) assert.equal(gate.enter(open), undefined);
  });

  it('lets one run alone only once everybody inside has left', async () => {
    const gate = new Gate();
    void gate.enter(open);
    void gate.enter(open);
    const alone = held();
    const ran = gate.alone(alone.work, open);
    await turn();
    gate.leave();
    await turn();
    assert.equal(alone.began, false);
    gate.leave();
    await turn();
    assert.equal(alone.began, true);
    alone.end();
    await ran;
  });

  it('keeps those who come later outside until it is over, then lets them in together', async () => {
    const gate = new Gate();
    const alone = held();
    const ran = gate.alone(alone.work, open);
    await turn();
    let inside = 0;
    const entered = [1, 2, 3].map(async () => {
      await gate.enter(open);
      inside += 1;
    });
    await turn();
    assert.equal(inside, 0);
    alone.end();
    await ran;
    await Promise.all(entered);
    assert.equal(inside, 3);
  });

  it('is not overtaken while somebody waits to run alone: nobody starves', async () => {
    const gate = new Gate();
    void gate.enter(open);
    const alone = held();
    const ran = gate.alone(alone.work, open);
    const late = gate.enter(open);
    assert.ok(late instanceof Promise);
    gate.leave();
    await turn();
    assert.equal(alone.began, true);
    alone.end();
    await ran;
    await late;
  });

  it('runs two that want to be alone one after the other', async () => {
    const gate = new Gate();
    const [first, second] = [held(), held()];
    const ran = [gate.alone(first.work, open), gate.alone(second.work, open)];
    await turn();
    assert.deepEqual([first.began, second.began], [true, false]);
    first.end();
    await turn();
    assert.equal(second.began, true);
    second.end();
    await Promise.all(ran);
  });

  it('opens again when the work that ran alone failed', async () => {
    const gate = new Gate();
    await assert.rejects(
      gate.alone(async () => {
        throw new Error('poison');
      }, open),
      /poison/,
    );
    assert.equal(gate.enter(open), undefined);
  });

  it('forgets who gives up waiting to run alone, and lets the others through', async () => {
    const gate = new Gate();
    void gate.enter(open);
    const stop = new AbortController();
    const alone = held();
    const ran = gate.alone(alone.work, stop.signal);
    const late = gate.enter(open);
    stop.abort(new Error('stopping'));
    await assert.rejects(ran, /stopping/);
    await late;
    assert.equal(alone.began, false);
  });

  it('forgets who gives up waiting to enter', async () => {
    const gate = new Gate();
    const alone = held();
    const ran = gate.alone(alone.work, open);
    const stop = new AbortController();
    const entering = gate.enter(stop.signal);
    stop.abort(new Error('stopping'));
    await assert.rejects(Promise.resolve(entering), /stopping/);
    alone.end();
    await ran;
    const next = held();
    const again = gate.alone(next.work, open);
    await turn();
    assert.equal(next.began, true);
    next.end();
    await again;
  });
});
