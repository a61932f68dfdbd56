import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { retryTransfer } from '../../../db/marketplace/retry-transfer.ts';
import { refundOrder } from '../../../ops/actions/orders.ts';
import { Fault } from '../../../shared/fault.ts';
import { inspectBooks, inspectOrder, refundsOf } from './commerce-books.ts';
import { openCommerceScene, type CommerceScene, type PlacedOrder } from './commerce-scene.ts';

/** Of the orders and sellers of one story, the `n`-th; of a longer list, any. */
const index = fc.nat({ max: 11 });
const stripeFaults = ['rate_limit', 'drop_before', 'drop_after', 'server_error_after', 'insufficient_balance'] as const;
const refundFaults = ['rate_limit', 'drop_before', 'drop_after', 'server_error_after', 'fails'] as const;
const contradictions = [
  'payment_failed',
  'payment_processing',
  'payment_cancelled',
  'payment_succeeded',
  'refund_succeeded',
  'refund_failed',
  'dispute_opened',
  'dispute_won',
  'dispute_lost',
] as const;

const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      n: index,
      outcome: fc.constantFrom('succeeded', 'succeeded', 'succeeded', 'failed', 'processing', 'less'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('deliver' as const), n: index, which: fc.nat({ max: 20 }) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('run' as const), which: fc.nat({ max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('die' as const), which: fc.nat({ max: 40 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rush' as const), n: index }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), n: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('operator' as const), n: index }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), n: index, ok: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('dispute' as const),
      n: index,
      verb: fc.constantFrom('open', 'open', 'win', 'lose'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('say' as const), n: index, type: fc.constantFrom(...contradictions) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stripe' as const), fault: fc.constantFrom(...stripeFaults) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), fault: fc.constantFrom(...refundFaults) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('onboard' as const), n: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), n: index }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reconcile' as const), late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('minute' as const) }) },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;
/** Each wave is done all at once. */
const story = fc.array(fc.array(act, { minLength: 1, maxLength: 8 }), { minLength: 3, maxLength: 14 });

interface Scope {
  orders: PlacedOrder[];
  sellers: string[];
}

describe('selling, whatever is said in whatever order', function () {
  this.timeout(240_000);
  let scene: CommerceScene;
  before(async () => {
    scene = await openCommerceScene();
  });
  after(() => scene?.stop());

  const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
  const transferIds = async ({ orders }: Scope): Promise<string[]> =>
    (
      await scene.db.any('select id from marketplace.transfers where order_id = any($1::uuid[]) order by id', [
        orders.map(({ id }) => id),
      ])
    ).map(row => row.id as string);
  const retry = (id: string) =>
    scene
      .transact(tx => retryTransfer(tx, id, { requestId: randomUUID(), retryEnabled: true, actor: 'test' }))
      .catch(orConflict);
  const orConflict = (error: unknown) => assert.ok(error instanceof Fault && error.code === 'conflict', String(error));

  async function perform(scope: Scope, step: Act): Promise<void> {
    const order = pick(scope.orders, 'n' in step ? step.n : 0) as PlacedOrder;
    switch (step.do) {
      case 'pay': {
        const body = step.outcome === 'less' ? { amount_received: 1_000 } : { outcome: step.outcome };
        await scene.provider(`payments/${order.paymentId}/confirm`, body);
        return;
      }
      case 'deliver': {
        const body = pick(scene.bodiesOf(order.paymentId), step.which);
        if (body !== undefined) await scene.tell(body);
        return;
      }
      case 'run':
      case 'die': {
        const job = pick(await scene.waiting(), step.which);
        if (job) await (step.do === 'run' ? scene.run(job.id) : scene.runAndDie(job.id));
        return;
      }
      case 'rush':
        for (const body of scene.bodiesOf(order.paymentId)) await scene.tell(body);
        await Promise.all((await scene.waiting()).map(({ id }) => scene.run(id)));
        return;
      case 'ask':
        await scene.askRefund(order.id, step.n % 3 === 0 ? 'it fails' : 'Not as described');
        return;
      case 'operator':
        await refundOrder(scene, order.id, { actor: 'test' }).catch(orConflict);
        return;
      case 'settle': {
        const refund = pick(await refundsOf(scene, order), step.n);
        const known = scene.outside.hyperswitch.state().refunds.some(row => row.refund_id === refund?.refundId);
        const outcome = step.ok ? 'succeeded' : 'failed';
        if (refund && known) await scene.provider(`refunds/${refund.refundId}/settle`, { outcome });
        return;
      }
      case 'dispute': {
        if (step.verb === 'open') {
          const payment = scene.outside.hyperswitch.state().payments.find(row => row.payment_id === order.paymentId);
          if (payment?.amount_received) await scene.provider(`payments/${order.paymentId}/dispute`);
          return;
        }
        const disputes = scene.outside.hyperswitch.state().disputes.filter(row => row.payment_id === order.paymentId);
        const dispute = pick(disputes, step.n);
        if (dispute) await scene.provider(`disputes/${dispute.dispute_id}/${step.verb}`);
        return;
      }
      case 'say':
        return contradict(order, step.type, step.n);
      case 'stripe':
        for (const on of ['transfers.create', 'reversals.create']) scene.outside.stripe.arm({ on, fault: step.fault });
        return;
      case 'refuse':
        return scene.outside.hyperswitch.arm({ on: 'refunds.create', fault: step.fault });
      case 'onboard':
        return scene.onboard(pick(scope.sellers, step.n) as string);
      case 'retry': {
        const id = pick(await transferIds(scope), step.n);
        if (id !== undefined) await retry(id);
        return;
      }
      case 'reconcile':
        await scene.age(
          scope.orders.map(({ id }) => id),
          step.late ? '25 hours' : '31 minutes',
        );
        await scene.reconcile();
        return;
      case 'minute':
        return scene.age(
          scope.orders.map(({ id }) => id),
          '1 minute',
        );
    }
  }

  /** What the provider signs, though it may be neither true nor in turn. It never lies about money that has come in. */
  async function contradict(order: PlacedOrder, type: (typeof contradictions)[number], n: number): Promise<void> {
    const { hyperswitch } = scene.outside;
    const captured = hyperswitch.state().payments.find(row => row.payment_id === order.paymentId)?.amount_received;
    const object: Record<string, unknown> = { payment_id: order.paymentId, currency: 'EUR' };
    if (type.startsWith('refund')) {
      const refund = pick(await refundsOf(scene, order), n);
      if (!refund) return;
      object['refund_id'] = refund.refundId;
    } else if (type.startsWith('dispute')) {
      object['dispute_id'] = `dp_said_${order.id}_${n % 2}`;
    } else if (type === 'payment_succeeded') {
      if (!captured) return;
      object['amount_received'] = captured;
    }
    await scene.tell(JSON.stringify({ event_id: randomUUID(), event_type: type, content: { object } }));
  }

  /** Lets everything come to rest: whatever the provider has said arrives, what it has not decided is decided. */
  async function settle(scope: Scope): Promise<void> {
    const { hyperswitch, stripe } = scene.outside;
    hyperswitch.clear();
    stripe.clear();
    const ids = scope.orders.map(({ id }) => id);
    const ofOurs = new Set(scope.orders.map(({ paymentId }) => paymentId));
    for (let round = 0; round < 40; round += 1) {
      const { payments, refunds } = hyperswitch.state();
      for (const payment of payments.filter(row => ofOurs.has(row.payment_id) && row.status === 'processing'))
        await scene.provider(`payments/${payment.payment_id}/confirm`, { outcome: 'failed' });
      for (const refund of refunds.filter(row => ofOurs.has(row.payment_id) && row.status === 'pending'))
        await scene.provider(`refunds/${refund.refund_id}/settle`, { outcome: refund.settles.outcome });
      let news = 0;
      for (const order of scope.orders)
        for (const body of scene.bodiesOf(order.paymentId)) if (await scene.tell(body)) news += 1;
      await scene.runAll();
      await scene.age(ids, '25 hours');
      await scene.reconcile();
      for (const id of await transferIds(scope)) {
        const { status } = await scene.db.one('select status from marketplace.transfers where id = $1', [id]);
        if (['failed', 'permanently_failed', 'reversal_failed'].includes(status)) await retry(id);
      }
      if (news === 0 && (await scene.waiting()).length === 0 && (await restless(ids)).length === 0) return;
    }
    assert.deepEqual(await restless(ids), [], 'it never came to rest');
  }

  /** The rows of which more must follow. */
  const restless = (ids: readonly string[]): Promise<unknown[]> =>
    scene.db.any(
      `select 'order' as what, id, status, null as more from marketplace.orders
        where id = any($1::uuid[]) and status in ('pending', 'failed')
      union all select 'refund', id, status, row_to_json(refunds) from marketplace.refunds
        where order_id = any($1::uuid[]) and status = 'pending'
      union all select 'transfer', id, status, row_to_json(transfers) from marketplace.transfers
        where order_id = any($1::uuid[])
          and (status in ('failed', 'permanently_failed', 'reversal_pending', 'reversal_failed') or call <> 'none')`,
      [ids],
    );

  it('pays once what is owed, gives back once what is not, and numbers without a gap', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(story, fc.boolean(), async (waves, prepaid) => {
        const sellers = [await scene.addSeller(), await scene.addSeller(), await scene.addSeller({ account: false })];
        const [one, two, three] = sellers as [string, string, string];
        const orders = await Promise.all([scene.place([one, two]), scene.place([two, three]), scene.place(sellers)]);
        const scope = { orders, sellers };
        if (prepaid)
          for (const { paymentId } of orders) {
            await scene.provider(`payments/${paymentId}/confirm`);
            for (const body of scene.bodiesOf(paymentId)) await scene.tell(body);
          }
        for (const wave of waves) await Promise.all(wave.map(step => perform(scope, step)));
        await settle(scope);
        for (const order of orders) {
          const status = await inspectOrder(scene, order);
          seen.set(status, (seen.get(status) ?? 0) + 1);
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
    assert.ok(seen.size >= 5, `too tame: ${JSON.stringify([...seen])}`);
    await inspectBooks(scene);
  });

  it('never deadlocks, however many settle, hold, release, retry and invoice at once', async () => {
    const sellers = await Promise.all(Array.from({ length: 8 }, (_, n) => scene.addSeller({ account: n % 4 !== 3 })));
    const orders = await Promise.all(Array.from({ length: 4 }, () => scene.place(sellers)));
    const scope = { orders, sellers };
    await Promise.all(orders.map(({ paymentId }) => scene.provider(`payments/${paymentId}/confirm`)));
    const rush = (n: number): Act[] => [
      { do: 'rush', n },
      { do: 'ask', n: n + 4 },
      { do: 'settle', n, ok: false },
      { do: 'say', n, type: 'refund_failed' },
      { do: 'say', n, type: 'dispute_opened' },
      { do: 'say', n, type: 'dispute_won' },
      { do: 'retry', n: 3 * n },
      { do: 'run', which: n },
      { do: 'die', which: 7 * n },
    ];
    for (let round = 0; round < 8; round += 1) {
      if (round % 2) for (const fault of stripeFaults) await perform(scope, { do: 'stripe', fault });
      const steps = [0, 1, 2, 3].flatMap(rush);
      const onboard: Act = { do: 'onboard', n: round < 4 ? 3 : 7 };
      await Promise.all(
        [...steps, onboard, { do: 'reconcile', late: true } as const].map(step => perform(scope, step)),
      );
    }
    await settle(scope);
    for (const order of orders) await inspectOrder(scene, order);
    await inspectBooks(scene);
  });
});
