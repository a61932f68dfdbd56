import assert from 'node:assert/strict';
import { readEventHead, readPaymentNews } from '../../shared/payment-news.ts';

describe('shared/payment-news', () => {
  const object = { payment_id: 'pay_1', amount: 2999, amount_received: 2998, currency: 'eur' };
  const paid = { about: 'payment', paymentId: 'pay_1', state: 'succeeded', currency: 'EUR' };

  it('reads both forms of an event', () => {
    const now = { event_id: 'evt_1', event_type: 'payment_succeeded', content: { type: 'payment_details', object } };
    assert.deepEqual(readEventHead(now), { id: 'evt_1', type: 'payment_succeeded' });
    assert.deepEqual(readPaymentNews(now), { ...paid, capturedCents: 2998 });
    for (const older of [
      { event: 'payment.succeeded', payment_id: 'pay_1', amount: 2999, currency: 'EUR' },
      { event: 'payment.succeeded', data: { payment_id: 'pay_1', amount: 2999, currency: 'EUR' } },
      { event: 'payment.succeeded', data: { object: { payment_id: 'pay_1', amount: 2999, currency: 'EUR' } } },
      { event: 'payment.succeeded', object: { payment_id: 'pay_1', amount: 2999, currency: 'EUR' } },
    ]) {
      assert.deepEqual(readEventHead(older), { id: null, type: 'payment_succeeded' });
      assert.deepEqual(readPaymentNews(older), { ...paid, capturedCents: 2999 });
    }
  });

  it('never takes what was wanted for what was captured in part', () => {
    const { amount_received: _, ...wanted } = object;
    const part = { event_type: 'payment_partially_captured', content: { object: wanted } };
    assert.deepEqual(readPaymentNews(part), { ...paid, capturedCents: null });
  });

  it('reads refunds and disputes, whose amounts may be text', () => {
    const refund = { refund_id: 'ref_1', amount: 100, currency: 'EUR', error_message: 'no' };
    assert.deepEqual(readPaymentNews({ event_type: 'refund_failed', content: { object: refund } }), {
      about: 'refund',
      refundId: 'ref_1',
      state: 'failed',
      amountCents: 100,
      currency: 'EUR',
      failure: 'no',
    });
    const dispute = { dispute_id: 'dp_1', payment_id: 'pay_1', amount: '2999', currency: 'EUR' };
    assert.deepEqual(readPaymentNews({ event_type: 'dispute_lost', content: { object: dispute } }), {
      about: 'dispute',
      disputeId: 'dp_1',
      paymentId: 'pay_1',
      state: 'lost',
    });
  });

  it('says so of what it does not know or can’t read', () => {
    const why = (body: unknown) => {
      const news = readPaymentNews(body);
      return news.about === 'nothing' ? news.why : news.about;
    };
    assert.equal(why({ event_type: 'mandate_active', content: { object } }), 'unknown_type');
    assert.equal(why({ event_type: 'payment_succeeded', content: { object: {} } }), 'incomplete');
    assert.equal(
      why({ event_type: 'payment_succeeded', content: { object: { ...object, amount_received: -1 } } }),
      'incomplete',
    );
    assert.equal(why({ event_type: 'payment_succeeded' }), 'incomplete');
    for (const body of [null, 5, 'x', [], {}, { event: '' }]) assert.equal(readEventHead(body), null);
  });
});
