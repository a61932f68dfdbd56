import assert from 'node:assert/strict';
import type { CommerceScene, PlacedOrder } from './commerce-scene.ts';

export function refundsOf(
  scene: CommerceScene,
  { id }: PlacedOrder,
): Promise<{ id: string; refundId: string; status: string }[]> {
  return scene.db.any('select id, refund_id, status from marketplace.refunds where order_id = $1 order by id', [id]);
}

/** Asserts what must be true of an order once everything has come to rest, and answers its status. */
export async function inspectOrder(scene: CommerceScene, order: PlacedOrder): Promise<string> {
  const { id, paymentId, totalCents, sellerIds } = order;
  const row = await scene.db.one('select * from marketplace.orders where id = $1', [id]);
  const refunds = await refundsOf(scene, order);
  const disputes = await scene.db.any('select status from marketplace.disputes where order_id = $1', [id]);
  const transfers = await scene.db.any('select * from marketplace.transfers where order_id = $1 order by id', [id]);
  const invoices = await scene.db.any(
    "select kind, (document ->> 'grossCents')::int as gross from core.invoices where subject = any($1)",
    [[id, ...refunds.map(refund => refund.id)]],
  );
  const alerts = new Set(
    (
      await scene.db.any('select kind from core.alerts where subject = any($1)', [
        [id, ...refunds.map(refund => refund.id)],
      ])
    ).map(alert => alert.kind as string),
  );
  const { status } = row;
  const has = (state: string) => refunds.some(refund => refund.status === state);
  const wasCompleted = transfers.length > 0;

  // The status is explained by what has been said.
  const explained: Record<string, boolean> = {
    completed: !has('succeeded') && disputes.every(dispute => dispute.status === 'won'),
    refunded: has('succeeded'),
    disputed: disputes.some(dispute => dispute.status === 'open') && !has('succeeded'),
    charged_back: disputes.some(dispute => dispute.status === 'lost'),
    held: alerts.has('payment_mismatch') && row.capturedCents !== totalCents,
    expired: row.paymentState !== 'succeeded' || alerts.has('payment_not_refunded'),
  };
  assert.equal(explained[status], true, `${status} is not explained`);
  const paid = row.paymentState === 'succeeded';
  const { amount_received: received } = scene.outside.hyperswitch
    .state()
    .payments.find(payment => payment.payment_id === paymentId)!;
  assert.equal(paid, received !== null, 'what the provider has, we have');

  // Completed once, invoiced once; one credit note for each refund of what was invoiced.
  assert.ok(wasCompleted || !['completed', 'disputed'].includes(status));
  assert.equal(invoices.filter(({ kind }) => kind === 'invoice').length, wasCompleted ? 1 : 0);
  assert.ok(refunds.filter(refund => refund.status === 'succeeded').length <= 1);
  const credited = wasCompleted && has('succeeded') ? 1 : 0;
  assert.equal(invoices.filter(({ kind }) => kind === 'credit_note').length, credited);
  assert.deepEqual(
    invoices.map(({ gross }) => gross),
    invoices.map(() => totalCents),
  );

  // The provider has paid back at most once, or a person knows.
  const back = scene.outside.hyperswitch
    .state()
    .refunds.filter(refund => refund.payment_id === paymentId && refund.status === 'succeeded');
  assert.ok(back.length <= 1 || alerts.has('refund_out_of_turn'));
  if (back.length > 0 && status !== 'refunded')
    assert.ok(alerts.has('refund_out_of_turn') || alerts.has('refund_mismatch'), 'a refund that nobody knows of');

  // Every cent of what was paid is a seller's or the platform's.
  if (wasCompleted) {
    assert.deepEqual(transfers.map(({ sellerId }) => sellerId).sort(), [...sellerIds].sort());
    const sum = transfers.reduce(
      (cents, { amountCents, platformFeeCents }) => cents + amountCents + platformFeeCents,
      0,
    );
    assert.equal(sum, totalCents);
  }
  // And went where it belongs, once.
  for (const transfer of transfers) {
    const made = scene.outside.stripe.state().transfers.filter(one => one.metadata['transferId'] === transfer.id);
    const net = made.reduce((sum, one) => sum + one.amount - one.amount_reversed, 0);
    const { transfersActive = false } =
      (await scene.db.oneOrNone('select transfers_active from marketplace.sellers where user_id = $1', [
        transfer.sellerId,
      ])) ?? {};
    assert.ok(made.length <= 1, 'paid twice');
    if (status === 'completed') {
      assert.equal(transfer.status, transfersActive ? 'completed' : 'pending');
      assert.equal(net, transfersActive ? transfer.amountCents : 0);
    } else if (status === 'disputed') {
      assert.ok(['held', 'completed'].includes(transfer.status), transfer.status);
      assert.equal(net, transfer.status === 'completed' ? transfer.amountCents : 0);
    } else {
      assert.ok(['cancelled', 'reversed'].includes(transfer.status), `${status}: ${transfer.status}`);
      assert.equal(net, 0);
    }
  }
  return status;
}

/** Asserts what must be true of the whole: gapless numbers, nothing that met what it did not expect, not one deadlock. */
export async function inspectBooks(scene: CommerceScene): Promise<void> {
  const numbers = await scene.db.any('select series, number from core.invoices order by series, year, number');
  for (const series of ['INV', 'CN']) {
    const given = numbers.filter(row => row.series === series).map(row => row.number as number);
    assert.deepEqual(
      given,
      given.map((_, at) => at + 1),
    );
  }
  const faults = await scene.db.any(
    `select jobs.kind, attempt.fault from core.job_attempts attempt join core.jobs on jobs.id = attempt.job_id
    where attempt.fault ->> 'code' = 'internal'
    union all select kind, fault from core.jobs where fault ->> 'code' = 'internal'`,
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(await scene.db.any("select * from core.alerts where kind = 'outcome_unrecorded'"), []);
  assert.deepEqual(await scene.db.any('select * from marketplace.payment_events where handled_at is null'), []);
  // Each session counts for itself, and tells when it is made to: all of them at once, so that none is left out.
  const sessions = Array.from({ length: scene.db.$pool.options.max ?? 1 });
  await Promise.all(sessions.map(() => scene.db.any('select pg_stat_force_next_flush(), pg_sleep(0.05)')));
  assert.deepEqual(await scene.db.one('select deadlocks from pg_stat_database where datname = current_database()'), {
    deadlocks: 0,
  });
}
