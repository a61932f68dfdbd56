import assert from 'node:assert/strict';
import { newTraceparent, readTraceparent, spanned } from '../../shared/trace.ts';

const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a traceparent', () => {
  it('is taken when it is well-formed', () => {
    assert.equal(readTraceparent(good), good);
    assert.equal(readTraceparent(good.replace(/^00/, 'cc')), good.replace(/^00/, 'cc'));
  });

  for (const [title, header] of [
    ['not sent', undefined],
    ['empty', ''],
    ['of the forbidden version ff', good.replace(/^00/, 'ff')],
    ['in upper case', good.toUpperCase()],
    ['of the trace that is no trace', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['of the span that is no span', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['too short', good.slice(0, -1)],
    ['too long', `${good}-more`],
    ['two of them', `${good}, ${good}`],
  ] as const) {
    it(`is left out when it is ${title}`, () => {
      assert.equal(readTraceparent(header), null);
    });
  }

  it('is well-formed, not sampled and another each time when we make one', () => {
    const [a, b] = [newTraceparent(), newTraceparent()];
    assert.equal(readTraceparent(a), a);
    assert.ok(a.endsWith('-00'));
    assert.notEqual(a, b);
  });
});

describe('a span without an SDK', () => {
  it('just runs the work and passes the traceparent on as it came', async () => {
    assert.equal(await spanned('work', good, async traceparent => traceparent), good);
    assert.equal(await spanned('work', null, async traceparent => traceparent), null);
  });

  it('leaves an error as it is', async () => {
    const error = new Error('x');
    await assert.rejects(
      spanned('work', good, async () => {
        throw error;
      }),
      error,
    );
  });
});
