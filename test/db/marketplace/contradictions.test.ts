import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { listStandingRefunds } from '../../../db/marketplace/refunds.ts';
import { refundOrder } from '../../../ops/actions/orders.ts';
import { eventually } from '../../support/eventually.ts';
import { netCents, openCommerceScene, type CommerceScene, type PlacedOrder } from './commerce-scene.ts';

describe('what the payment provider says against itself', function () {
  this.timeout(120_000);
  let scene: CommerceScene;
  let [seller, waiting] = ['', ''];
  before(async () => {
    scene = await openCommerceScene();
    [seller, waiting] = [await scene.addSeller(), await scene.addSeller({ account: false })];
  });
  after(() => scene?.stop());

  /** Whose payment has succeeded at the provider, who has said so. */
  const paid = async (sellerIds: readonly string[] = [seller, waiting], currency = 'EUR') => {
    const order = await scene.place(sellerIds, currency);
    await scene.provider(`payments/${order.paymentId}/confirm`);
    assert.equal(await scene.say('payment_succeeded', paymentOf(order)), 'completed');
    return order;
  };
  const paymentOf = ({ paymentId, totalCents, currency }: PlacedOrder) => ({
    payment_id: paymentId,
    amount_received: totalCents,
    currency,
  });
  const refundsOf = (order: PlacedOrder) =>
    scene.db.any<{ id: string; refundId: string; status: string }>(
      'select id, refund_id, status from marketplace.refunds where order_id = $1 order by id',
      [order.id],
    );
  const sayRefund = async (order: PlacedOrder, index: number, state: 'succeeded' | 'failed') => {
    const refund_id = (await refundsOf(order))[index]?.refundId;
    return scene.say(`refund_${state}`, { refund_id });
  };
  const sayDispute = (order: PlacedOrder, state: string, disputeId = `dp_${order.id}`) =>
    scene.say(`dispute_${state}`, { dispute_id: disputeId, payment_id: order.paymentId });
  const creditNotesOf = async (order: PlacedOrder): Promise<number> =>
    (
      await scene.db.one(
        `select count(*) as issued from core.invoices
        where kind = 'credit_note' and subject in (select id::text from marketplace.refunds where order_id = $1)`,
        [order.id],
      )
    ).issued;
  const refundsAt = ({ paymentId }: PlacedOrder) =>
    scene.outside.hyperswitch.state().refunds.filter(refund => refund.payment_id === paymentId);
  /** What the order's sellers have at Stripe in the end. */
  const paidOut = ({ id }: PlacedOrder) =>
    scene.outside.stripe
      .state()
      .transfers.filter(transfer => transfer.transfer_group === `order_${id}`)
      .reduce((sum, transfer) => sum + transfer.amount - transfer.amount_reversed, 0);

  it('settles a refund during which a dispute was opened, and pays nobody when that is won', async () => {
    const order = await paid();
    await scene.askRefund(order.id);
    await sayDispute(order, 'opened');
    assert.equal(await scene.status(order.id), 'refund_pending');
    assert.equal(await sayRefund(order, 0, 'succeeded'), 'refunded');
    await sayDispute(order, 'won');
    await scene.runAll();
    assert.equal(await scene.status(order.id), 'refunded');
    assert.deepEqual(await scene.transfers(order.id), { [seller]: 'cancelled', [waiting]: 'cancelled' });
    assert.deepEqual([await creditNotesOf(order), paidOut(order)], [1, 0]);
  });

  it('keeps an order disputed whose refund fails, and an expired one expired', async () => {
    const order = await paid();
    await scene.askRefund(order.id);
    await sayDispute(order, 'opened');
    await sayRefund(order, 0, 'failed');
    assert.deepEqual([await scene.status(order.id), (await scene.transfers(order.id))[seller]], ['disputed', 'held']);
    await sayDispute(order, 'won');
    await scene.runAll();
    assert.deepEqual([await scene.status(order.id), paidOut(order)], ['completed', netCents]);

    const late = await scene.place([seller]);
    await scene.say('payment_cancelled', { payment_id: late.paymentId });
    assert.equal(await scene.say('payment_succeeded', paymentOf(late)), 'late_payment');
    await sayDispute(late, 'opened');
    await sayRefund(late, 0, 'failed');
    assert.equal(await scene.status(late.id), 'expired');
    await sayDispute(late, 'won');
    assert.equal(await scene.status(late.id), 'expired');
    assert.deepEqual(await scene.alerts(late.id), ['dispute_open', 'payment_not_refunded', 'dispute_won']);
  });

  it('freezes or undoes an order whose dispute was told of before its payment', async () => {
    const open = await scene.place([seller]);
    await sayDispute(open, 'opened');
    await scene.say('payment_succeeded', paymentOf(open));
    assert.deepEqual([await scene.status(open.id), await scene.transfers(open.id)], ['disputed', { [seller]: 'held' }]);
    await sayDispute(open, 'won');
    const lost = await scene.place([seller]);
    await sayDispute(lost, 'lost');
    await scene.say('payment_succeeded', paymentOf(lost));
    await scene.runAll();
    assert.deepEqual([await scene.status(open.id), paidOut(open)], ['completed', netCents]);
    assert.deepEqual([await scene.status(lost.id), paidOut(lost)], ['charged_back', 0]);
  });

  it('settles a refund that is paid after it was said to have failed, even while the next one is under way', async () => {
    const order = await paid();
    await scene.askRefund(order.id);
    await sayRefund(order, 0, 'failed');
    await scene.askRefund(order.id);
    assert.equal(await sayRefund(order, 0, 'succeeded'), 'refunded');
    await scene.runAll();
    assert.deepEqual(
      (await refundsOf(order)).map(({ status }) => status),
      ['succeeded', 'failed'],
    );
    assert.deepEqual(refundsAt(order), [], 'a refund that is settled is not asked for');
    assert.deepEqual([await scene.status(order.id), await creditNotesOf(order), paidOut(order)], ['refunded', 1, 0]);
    const [shown] = await listStandingRefunds(scene.db, [order.id]);
    assert.equal(shown?.status, 'succeeded', 'what the buyer is shown, with its credit note');
    // Paid back twice: that is for a person.
    assert.equal(await sayRefund(order, 1, 'succeeded'), 'out_of_turn');
    assert.ok((await scene.alerts((await refundsOf(order))[1]!.id)).includes('refund_out_of_turn'));
    assert.equal(await creditNotesOf(order), 1);
  });

  it('pays nobody when a dispute is won after the refund that had failed was paid', async () => {
    const order = await paid();
    await scene.askRefund(order.id);
    await sayRefund(order, 0, 'failed');
    await sayDispute(order, 'opened');
    assert.equal(await sayRefund(order, 0, 'succeeded'), 'refunded');
    await sayDispute(order, 'won');
    await scene.runAll();
    assert.deepEqual([await scene.status(order.id), await creditNotesOf(order), paidOut(order)], ['refunded', 1, 0]);
  });

  it('asks for no refund of what was charged back meanwhile, and raises one that was paid all the same', async () => {
    const order = await paid();
    await scene.askRefund(order.id);
    await sayDispute(order, 'lost');
    await scene.runAll();
    assert.deepEqual(refundsAt(order), []);
    const [refund] = await refundsOf(order);
    assert.deepEqual([refund?.status, await scene.status(order.id)], ['failed', 'charged_back']);
    await sayRefund(order, 0, 'succeeded');
    assert.deepEqual([await scene.status(order.id), await creditNotesOf(order)], ['charged_back', 1]);
    assert.deepEqual(await scene.alerts(refund!.id), ['refund_out_of_turn']);
  });

  it('asks for a refund again whose answer was lost, and does not take the second answer for a refusal', async () => {
    const order = await paid();
    await scene.askRefund(order.id);
    scene.outside.hyperswitch.arm({ on: 'refunds.create', fault: 'drop_after' });
    await scene.runAll();
    assert.deepEqual([(await refundsOf(order))[0]?.status, refundsAt(order).length], ['pending', 1]);
    assert.equal(await scene.status(order.id), 'refund_pending');
  });

  it('cancels a transfer whose call is refused after the refund was settled', async () => {
    // The platform has no dollars: the call is refused, but not before the refund is settled.
    const order = await paid([seller], 'USD');
    const [job] = (await scene.waiting()).filter(({ kind }) => kind === 'transfer');
    scene.outside.stripe.arm({ on: 'transfers.create', fault: 'slow', delayMs: 60_000 });
    const running = scene.run(job!.id);
    await eventually(async () => {
      const row = await scene.db.one('select call from marketplace.transfers where order_id = $1', [order.id]);
      assert.equal(row.call, 'unanswered');
      assert.equal(scene.outside.stripe.state().faults.length, 0);
    });
    await scene.askRefund(order.id);
    await sayRefund(order, 0, 'succeeded');
    scene.outside.stripe.clear();
    await running;
    await scene.runAll();
    assert.deepEqual(await scene.transfers(order.id), { [seller]: 'cancelled' });
    assert.equal(paidOut(order), 0);
  });

  it('raises a payment that is said to have captured something else than before', async () => {
    const order = await paid();
    await scene.say('payment_succeeded', { ...paymentOf(order), amount_received: order.totalCents - 1 });
    assert.deepEqual(await scene.alerts(order.id), ['payment_mismatch']);
    assert.equal(await scene.status(order.id), 'completed');
  });

  it('raises a dispute that is decided twice', async () => {
    const order = await paid();
    await sayDispute(order, 'won');
    await sayDispute(order, 'opened');
    assert.deepEqual(await scene.alerts(order.id), ['dispute_won']);
    await sayDispute(order, 'lost');
    assert.deepEqual(await scene.alerts(order.id), ['dispute_won', 'dispute_out_of_turn']);
  });

  it('lets an operator send back whatever a held order has captured', async () => {
    const operator = { actor: 'test', reason: 'x'.repeat(5_000) };
    for (const captured of [{ amount_received: 0 }, { currency: 'USD' }, { amount_received: undefined }]) {
      const order = await scene.place([seller]);
      assert.equal(await scene.say('payment_succeeded', { ...paymentOf(order), ...captured }), 'held');
      await refundOrder(scene, order.id, operator);
      assert.equal(await scene.status(order.id), 'refund_pending', JSON.stringify(captured));
      assert.equal(await sayRefund(order, 0, 'succeeded'), 'refunded');
    }
  });

  it('reads no type that every object has for an event', async () => {
    const order = await scene.place([seller]);
    for (const type of ['constructor', '__proto__'])
      assert.equal(await scene.say(type, { ...paymentOf(order), refund_id: 'x', dispute_id: 'x' }), 'unknown_type');
  });

  it('takes a failure whose long message is cut within a character', async () => {
    const late = await scene.place([seller]);
    await scene.say('payment_cancelled', { payment_id: late.paymentId });
    await scene.say('payment_succeeded', paymentOf(late));
    const [refund] = await refundsOf(late);
    const error_message = `${'x'.repeat(499)}😀`;
    assert.equal(await scene.say('refund_failed', { refund_id: refund!.refundId, error_message }), 'refund_failed');
  });

  it('tells a person of an event that could not be acted on', async () => {
    const eventId = randomUUID();
    await scene.tell(JSON.stringify({ event_id: eventId, event_type: 'payment_succeeded', content: {} }));
    const { id } = await scene.db.one(
      "update marketplace.payment_events set body = 'no JSON' where event_key = $1 returning id",
      [`id:${eventId}`],
    );
    await scene.runAll();
    assert.deepEqual(await scene.alerts(id), ['webhook_not_handled']);
  });

  it('tells a person of two events under one id', async () => {
    const order = await scene.place([seller]);
    const event = { event_id: randomUUID(), event_type: 'payment_processing', content: { object: paymentOf(order) } };
    await scene.tell(JSON.stringify(event));
    assert.equal(await scene.tell(JSON.stringify(event)), false);
    assert.equal(await scene.tell(JSON.stringify({ ...event, event_type: 'payment_succeeded' })), false);
    const { id } = await scene.db.one('select id from marketplace.payment_events where event_key = $1', [
      `id:${event.event_id}`,
    ]);
    assert.deepEqual(await scene.alerts(id), ['webhook_differs']);
  });
});
