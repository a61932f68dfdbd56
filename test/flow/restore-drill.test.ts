import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { insertJob } from '../../db/insert-job.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { transferComparison } from '../../shared/jobs/transfer-comparison.ts';
import { type CommerceScene, openCommerceScene, type PlacedOrder } from '../db/marketplace/commerce-scene.ts';
import { eventually } from '../support/eventually.ts';
import { postgres } from '../support/services.ts';

const dayMs = 86_400_000;

/** Copies of a database that is not at work, as a backup and its return are. */
class Backup {
  readonly #admin: Database;
  readonly #live: string;
  readonly #copy: string;

  private constructor(admin: Database, live: string) {
    this.#admin = admin;
    this.#live = live;
    this.#copy = `${live}_backup`;
  }

  static async of(scene: CommerceScene): Promise<Backup> {
    const { url } = await postgres();
    const admin = connectDatabase({ url, maxConnections: 1, applicationName: 'backup' });
    const { name } = await scene.db.one<{ name: string }>('select current_database() as name');
    return new Backup(admin, name);
  }

  async take(): Promise<void> {
    await this.#admin.none('alter database $1:name with allow_connections false', [this.#live]);
    await this.#admin.any('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [this.#live]);
    await eventually(() => this.#admin.none('create database $1:name template $2:name', [this.#copy, this.#live]));
    await this.#admin.none('alter database $1:name with allow_connections true', [this.#live]);
  }

  async putBack(): Promise<void> {
    await this.#admin.none('drop database $1:name with (force)', [this.#live]);
    await this.#admin.none('create database $1:name template $2:name', [this.#live, this.#copy]);
  }

  async drop(): Promise<void> {
    await this.#admin.none('drop database if exists $1:name', [this.#copy]);
    await this.#admin.$pool.end();
  }
}

for (const [when, laterMs] of [
  ['an hour later', 3_600_000],
  ['two days later, when the provider has forgotten our keys', 2 * dayMs],
] as const) {
  describe(`flow: the database is put back to a backup, ${when}`, function () {
    this.timeout(120_000);
    let scene: CommerceScene;
    let backup: Backup;
    let nowMs = Date.now();
    let orders: Record<'unsent' | 'unpaid' | 'paidOut' | 'refunding', PlacedOrder>;
    let later: PlacedOrder;
    let done: ReturnType<typeof providers>;

    const providers = () => {
      const { transfers, reversals } = scene.outside.stripe.state();
      const { payments, refunds } = scene.outside.hyperswitch.state();
      return {
        transfers: transfers.map(({ id, amount, amount_reversed }) => [id, amount, amount_reversed]),
        reversals: reversals.map(({ id, amount }) => [id, amount]),
        payments: payments.map(({ payment_id, amount_received }) => [payment_id, amount_received]),
        refunds: refunds.map(({ refund_id, amount, status }) => [refund_id, amount, status]),
      };
    };
    const tellAll = async ({ paymentId }: PlacedOrder) => {
      for (const body of scene.bodiesOf(paymentId)) await scene.tell(body);
    };
    const pay = async (order: PlacedOrder) => {
      await scene.provider(`payments/${order.paymentId}/confirm`);
      await tellAll(order);
    };
    /** What becomes of a refund that was asked for. */
    const giveBack = async (order: PlacedOrder) => {
      await scene.runAll();
      const theirs = scene.outside.hyperswitch.state().refunds.find(({ payment_id }) => payment_id === order.paymentId);
      await scene.provider(`refunds/${theirs?.refund_id}/settle`);
      await tellAll(order);
      await scene.runAll();
    };
    const made = ({ id }: PlacedOrder) =>
      scene.db.any<{ id: string; status: string; providerTransferId: string | null }>(
        'select id, status, provider_transfer_id from marketplace.transfers where order_id = $1 order by id',
        [id],
      );

    before(async () => {
      scene = await openCommerceScene({ nowMs: () => nowMs });
      backup = await Backup.of(scene);
      const sellers = [await scene.addSeller(), await scene.addSeller()];
      const place = () => scene.place(sellers);
      orders = { unsent: await place(), unpaid: await place(), paidOut: await place(), refunding: await place() };
      await pay(orders.paidOut);
      await pay(orders.refunding);
      await scene.runAll();
      await scene.askRefund(orders.refunding.id);
      await pay(orders.unsent);
      const events = (await scene.waiting()).filter(({ kind }) => kind === 'payment-event');
      for (const { id } of events) await scene.run(id);
      await backup.take();

      await pay(orders.unpaid);
      await giveBack(orders.refunding);
      await scene.askRefund(orders.paidOut.id);
      await giveBack(orders.paidOut);
      later = await scene.place(sellers);
      await pay(later);
      await scene.runAll();
      done = providers();

      await backup.putBack();
      nowMs += laterMs;
      await eventually(() => scene.db.one('select 1 as up'));
      const ids = Object.values(orders).map(({ id }) => id);
      await scene.age(ids, `${laterMs} ms`);
      // Life goes on: what waited runs, what has heard nothing is asked about.
      await scene.runAll();
      await scene.reconcile();
      await scene.runAll();
    });
    after(async () => {
      await scene.stop();
      await backup.drop();
    });

    it('pays nothing twice, and sends nothing back twice', () => {
      assert.deepEqual(providers(), done);
      assert.deepEqual([done.transfers.length, done.reversals.length], [10, 4]);
    });

    it('finds again what it had done since', async () => {
      const theirs = new Map(
        scene.outside.stripe.state().transfers.map(({ id, metadata }) => [metadata['transferId'] ?? '', id]),
      );
      const expected = { unsent: 'completed', unpaid: 'completed', refunding: 'reversed' } as const;
      for (const [name, status] of Object.entries(expected)) {
        const rows = await made(orders[name as keyof typeof expected]);
        assert.deepEqual(
          rows.map(row => [row.status, row.providerTransferId]),
          rows.map(row => [status, theirs.get(row.id)]),
          name,
        );
        assert.equal(rows.length, 2);
      }
      assert.equal(await scene.status(orders.refunding.id), 'refunded');
      assert.equal(await scene.status(orders.unpaid.id), 'completed');
    });

    it('tells a person of each difference that is left, and of nothing else', async () => {
      const from = new Date(nowMs - 4 * dayMs).toISOString();
      const to = new Date(nowMs + dayMs).toISOString();
      const cause = { owner: 'system', requestId: randomUUID() };
      const { id } = await scene.transact(tx => insertJob(tx, transferComparison, { from, to }, cause));
      await scene.run(id);
      // Ours were put back to before their reversal; what was ordered after the backup we do not know at all.
      const group = ({ id: orderId }: PlacedOrder) =>
        scene.outside.stripe.state().transfers.filter(row => row.transfer_group === `order_${orderId}`);
      const wanted = [...group(orders.paidOut), ...group(later)].map(row => row.id).sort();
      assert.equal(wanted.length, 4);
      const alerts = await scene.db.any<{ kind: string; subject: string; details: { differs: string[] } }>(
        'select kind, subject, details from core.alerts order by subject',
      );
      assert.deepEqual(
        alerts.map(({ subject }) => subject),
        wanted,
      );
      assert.deepEqual(
        new Set(alerts.flatMap(({ kind, details }) => details.differs.map(differs => `${kind}: ${differs}`))),
        new Set(['transfer_difference: reversed amount', 'transfer_difference: missing here']),
      );
    });
  });
}
