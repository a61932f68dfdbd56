import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { callApi } from '../../demo-data/api.ts';
import type { Ledger } from '../ledger.ts';
import type { SandboxUrls } from '../sandbox-settings.ts';
import { type Finding, finding } from './finding.ts';

const stripeSchema = z.object({
  transfers: z.array(
    z.object({ id: z.string(), amount: z.int(), amount_reversed: z.int(), metadata: z.record(z.string(), z.string()) }),
  ),
  books: z.array(z.object({ currency: z.string(), balanced: z.boolean() })),
});
const hyperswitchSchema = z.object({
  payments: z.array(z.object({ payment_id: z.string(), amount: z.int(), amount_received: z.int().nullable() })),
  refunds: z.array(z.object({ refund_id: z.string(), payment_id: z.string(), amount: z.int(), status: z.string() })),
});

interface Transfer {
  id: string;
  status: string;
  amountCents: number;
  orderStatus: string;
  createdAt: Date;
}

interface Order {
  id: string;
  paymentId: string;
  status: string;
  totalCents: number;
  transfers: number;
  splitCents: number;
  refundsDone: number;
  createdAt: Date;
}

export interface MoneyCheck {
  findings: Finding[];
  /** By how much their books differ from ours, all differences added up without their signs. */
  centsApart: number;
  paidCents: number;
}

/** What the providers have done is what our rows say, to the cent. */
export async function checkMoney(db: Database, sandbox: SandboxUrls, ledger: Ledger): Promise<MoneyCheck> {
  const [stripe, hyperswitch] = await Promise.all([
    callApi('GET', `${sandbox.stripe}/_sandbox/state`).then(({ data }) => stripeSchema.parse(data)),
    callApi('GET', `${sandbox.hyperswitch}/_sandbox/state`).then(({ data }) => hyperswitchSchema.parse(data)),
  ]);
  const findings: Finding[] = [];
  let centsApart = 0;
  let paidCents = 0;
  const apart = (sort: Finding['sort'], cents: number, what: string, at: Date) => {
    centsApart += Math.abs(cents);
    findings.push(finding(sort, what, at));
  };

  const transfers = await db.any<Transfer>(`
    select transfer.id, transfer.status, transfer.amount_cents, transfer.created_at, orders.status as order_status
    from marketplace.transfers transfer join marketplace.orders on orders.id = transfer.order_id`);
  const made = groupBy(stripe.transfers, ({ metadata }) => metadata['transferId'] ?? '');
  for (const { id, status, amountCents, orderStatus, createdAt } of transfers) {
    const theirs = made.get(id) ?? [];
    made.delete(id);
    const netCents = theirs.reduce((sum, { amount, amount_reversed }) => sum + amount - amount_reversed, 0);
    const oursCents = status === 'completed' ? amountCents : 0;
    paidCents += oursCents;
    if (theirs.length > 1)
      findings.push(finding('doubled', `transfer ${id} was paid ${theirs.length} times`, createdAt));
    if (netCents !== oursCents)
      apart(
        'wrong',
        netCents - oursCents,
        `transfer ${id} is ${status}, and ${netCents} of ${amountCents} cents are there`,
        createdAt,
      );
    const right = orderStatus === 'completed' ? ['completed'] : ['cancelled', 'reversed'];
    if (!right.includes(status))
      findings.push(finding('wrong', `transfer ${id} is ${status}, its order ${orderStatus}`, createdAt));
  }
  for (const [id, unknown] of made)
    for (const { amount } of unknown)
      apart('wrong', amount, `the provider has paid ${amount} cents for "${id}", which we do not know`, new Date());
  for (const { currency, balanced } of stripe.books)
    if (!balanced) findings.push(finding('wrong', `the provider's books in ${currency} are not balanced`));

  const orders = await readOrders(db);
  const payments = new Map(hyperswitch.payments.map(payment => [payment.payment_id, payment]));
  const refunds = groupBy(hyperswitch.refunds, ({ payment_id }) => payment_id);
  for (const { id, paymentId, status, totalCents, transfers: parts, splitCents, refundsDone, createdAt } of orders) {
    const received = payments.get(paymentId)?.amount_received ?? 0;
    payments.delete(paymentId);
    const back = (refunds.get(paymentId) ?? []).filter(refund => refund.status === 'succeeded');
    const backCents = back.reduce((sum, { amount }) => sum + amount, 0);
    const wanted: Record<string, [number, number]> = {
      completed: [totalCents, 0],
      refunded: [totalCents, totalCents],
      failed: [0, 0],
      expired: [0, 0],
    };
    const [oursIn, oursBack] = wanted[status] ?? [received, backCents];
    if (!(status in wanted)) findings.push(finding('wrong', `order ${id} is ${status}`, createdAt));
    if (back.length > 1 || refundsDone > 1)
      findings.push(finding('doubled', `order ${id} was refunded ${back.length} times`, createdAt));
    if (received !== oursIn || backCents !== oursBack)
      apart(
        'wrong',
        received - oursIn - backCents + oursBack,
        `order ${id} is ${status}; paid ${received}, back ${backCents} of ${totalCents} cents`,
        createdAt,
      );
    if (parts > 0 && splitCents !== totalCents)
      apart(
        'wrong',
        splitCents - totalCents,
        `order ${id} of ${totalCents} cents was split into ${splitCents}`,
        createdAt,
      );
  }
  for (const { payment_id, amount_received } of payments.values())
    apart('wrong', amount_received ?? 0, `the provider knows payment ${payment_id}, which we do not`, new Date());

  const known = new Set(orders.map(({ id }) => id));
  for (const { outcome, atMs } of ledger.accepted('order'))
    if (!known.has(outcome)) findings.push(finding('lost', `order ${outcome} is not there`, atMs));
  return { findings, centsApart, paidCents };
}

function readOrders(db: Database): Promise<Order[]> {
  return db.any<Order>(`
    select orders.id, payment_id, status, total_cents, created_at,
      (select count(*) from marketplace.transfers where order_id = orders.id) as transfers,
      (select coalesce(sum(amount_cents + platform_fee_cents), 0)::bigint from marketplace.transfers where order_id = orders.id) as split_cents,
      (select count(*) from marketplace.refunds where order_id = orders.id and refunds.status = 'succeeded') as refunds_done
    from marketplace.orders`);
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
