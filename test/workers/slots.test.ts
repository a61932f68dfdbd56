import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Slots } from '../../workers/slots.ts';

const open = new AbortController().signal;
const turn = () => new Promise(resolve => setImmediate(resolve));

describe('slots', () => {
  it('are never in use beyond their limit, whatever is asked, given back or cut down', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.constant('acquire' as const),
        fc.constant('try' as const),
        fc.constant('release' as const),
        fc.integer({ min: 1, max: 5 }),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async list => {
        const slots = new Slots(3);
        let limit = 3;
        let held = 0;
        for (const step of list) {
          const before = held;
          if (step === 'acquire') void slots.acquire(open).then(() => (held += 1));
          else if (step === 'try') held += slots.tryAcquire() ? 1 : 0;
          else if (step === 'release') {
            if (held === 0) continue;
            held -= 1;
            slots.release();
          } else slots.setLimit((limit = step));
          await Promise.resolve();
          await Promise.resolve();
          assert.equal(slots.used, held);
          assert.ok(held <= Math.max(limit, before));
        }
      }),
    );
  });

  it('are handed out in the order in which they were asked for', async () => {
    const slots = new Slots(1);
    const order: number[] = [];
    await slots.acquire(open);
    for (const name of [1, 2, 3]) void slots.acquire(open).then(() => order.push(name));
    for (const _ of [1, 2, 3]) {
      slots.release();
      await turn();
    }
    assert.deepEqual(order, [1, 2, 3]);
  });

  it('let nobody past those who wait', async () => {
    const slots = new Slots(1);
    await slots.acquire(open);
    const waiting = slots.acquire(open);
    slots.release();
    await waiting;
    assert.equal(slots.tryAcquire(), false);
  });

  it('give up a wait whose signal is aborted, and lose no place by it', async () => {
    const slots = new Slots(1);
    await slots.acquire(open);
    const stop = new AbortController();
    const reason = new Error('stopping');
    const given = slots.acquire(stop.signal);
    const next = slots.acquire(open);
    stop.abort(reason);
    await assert.rejects(given, reason);
    slots.release();
    await next;
    assert.equal(slots.used, 1);
    await assert.rejects(slots.acquire(stop.signal), reason);
  });

  it('are not taken back from who got one before the signal was aborted', async () => {
    const slots = new Slots(1);
    const stop = new AbortController();
    await slots.acquire(stop.signal);
    const waiting = slots.acquire(stop.signal);
    slots.release();
    stop.abort(new Error('late'));
    await waiting;
    assert.equal(slots.used, 1);
  });

  it('grow at once and shrink as jobs end', async () => {
    const slots = new Slots(1);
    await slots.acquire(open);
    const second = slots.acquire(open);
    slots.setLimit(2);
    await second;
    slots.setLimit(1);
    slots.release();
    assert.equal(slots.used, 1);
    assert.equal(slots.tryAcquire(), false);
    slots.release();
    assert.equal(slots.tryAcquire(), true);
  });
});
