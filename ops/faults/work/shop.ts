import { randomUUID } from 'node:crypto';
import { poll, type Work, type WorkDeps } from '../work.ts';

const orders = '/api/v1/marketplace/orders';
/** Of ten paid orders so many go back. */
const regretted = 0.3;

/** An order of one or two sellers' goods: paid, paid out, invoiced, and now and then refunded. */
async function order(deps: WorkDeps): Promise<void> {
  const { client, ledger, people, random } = deps;
  const { token } = random.pick(people.buyers);
  const goods = random.shuffle(people.products).slice(0, random.int(1, 2));
  const method = random.next() < 0.1 ? 'card_declined' : 'card';
  const goesBack = random.next() < regretted;
  const key = randomUUID();
  const body = { items: goods.map(product_id => ({ product_id, quantity: 1 })), payment_method: method };
  const placed = await client.call('POST', orders, { token, body, key, expected: [201] });
  const { id } = placed.body.data.order as { id: string };
  ledger.accept('order', key, id);
  const read = async () => (await client.call('GET', `${orders}/${id}`, { token })).body.data as { status: string };
  const paid = await poll(deps, read, ({ status }) => status !== 'pending');
  if (!goesBack || paid?.status !== 'completed') return;
  const refundKey = randomUUID();
  const reason = random.next() < 0.1 ? 'it fails' : 'Not as described';
  await client.call('POST', `${orders}/${id}/refund`, { token, body: { reason }, key: refundKey });
  ledger.accept('refund', refundKey, id);
}

export const shopWork: readonly Work[] = [{ name: 'order', share: 30, run: order }];
