import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Scene } from './scene.ts';
import { must, type Steps } from './steps.ts';

const suggestionsSchema = z.object({ suggestions: z.array(z.string()) });
const messageSchema = z.object({ message: z.string() });
const reviewSchema = z.object({ id: z.uuid(), rating: z.int() });

/** A buyer finds something, orders it, and the provider's signed word completes the order; the invoice is a PDF. */
export async function showShop(steps: Steps, scene: Scene): Promise<void> {
  const { buyer } = scene.people;
  const product = await steps.run('"drum" finds the drum kit, "hip" the tags', async () => {
    const { products } = await scene.search('drum');
    const found = products.find(({ title }) => title === 'Lo-fi drum kit');
    must(found !== undefined, 'the search must find it', products);
    const { suggestions } = suggestionsSchema.parse(await scene.get('tags/suggest?q=hip&limit=10', buyer));
    must(suggestions.includes('hip-hop'), 'the tags must hold hip-hop', suggestions);
    return found;
  });
  const { orderId } = await steps.run('an order of €29.99 is paid', async () => {
    const placed = await scene.placeOrder(2_999);
    const order = await scene.untilOrder(placed.orderId, 'completed');
    must(order.total_cents === 2_999 && order.invoice !== null, 'it must have an invoice', order);
    return placed;
  });
  await steps.run('its transfer completes', async () => {
    const done = await scene.untilTransfer(orderId, 'completed');
    must(done.amount_cents === 2_699 && done.platform_fee_cents === 300, 'it must be 2699 + 300 cents', done);
    return `€26.99 to the seller, €3.00 fee; ${done.attempts.map(({ event }) => event).join(', ')}`;
  });
  await steps.run('its invoice is saved, the same bytes each time', async () => {
    const path = `marketplace/orders/${orderId}/invoice`;
    const { file, bytes } = await scene.save(path, buyer, 'invoice.pdf');
    must(bytes.subarray(0, 5).toString() === '%PDF-', 'it must be a PDF', bytes.subarray(0, 20).toString());
    must((await scene.save(path, buyer, 'invoice.pdf')).bytes.equals(bytes), 'it must not change', bytes.length);
    return `${file}, ${bytes.length} bytes`;
  });
  await steps.run('the buyer reviews what they bought, once', async () => {
    const body = { rating: 5, comment: 'Exactly as described.' };
    const path = `marketplace/products/${product.id}/reviews`;
    const { data } = await scene.send('POST', path, buyer, body, { expected: [201] });
    await scene.send('POST', path, buyer, body, { expected: [409] });
    return `${reviewSchema.parse(data).rating} of 5`;
  });
}

/** Webhooks are believed for their signature, and count once. */
export async function showWebhooks(steps: Steps, scene: Scene): Promise<void> {
  const { orderId, paymentId } = await steps.run('an order waits for its payment', () =>
    scene.placeOrder(900, 'manual'),
  );
  const object = { payment_id: paymentId, amount_received: 900, currency: 'EUR', status: 'succeeded' };
  const event = {
    event_id: randomUUID(),
    event_type: 'payment_succeeded',
    content: { type: 'payment_details', object },
  };
  const send = (secret: string, expected: readonly number[]) => {
    const signature = createHmac('sha512', secret).update(JSON.stringify(event)).digest('hex');
    const more = { headers: { 'x-hyperswitch-signature': signature }, expected };
    return scene.send('POST', 'webhooks/hyperswitch', null, event, more);
  };
  await steps.run('a webhook with a wrong signature is refused', async () => {
    await send('somebody else', [401]);
    must((await scene.order(orderId)).status === 'pending', 'the order must still wait', orderId);
  });
  await steps.run('one with the right signature completes it, however often it comes', async () => {
    const { webhookSecret } = scene.demo.hyperswitch;
    const answers = await Promise.all([1, 2, 3].map(() => send(webhookSecret, [200])));
    await scene.untilOrder(orderId, 'completed');
    await scene.untilTransfer(orderId, 'completed');
    const { transfers } = await scene.transfers();
    must(transfers.filter(row => row.order_id === orderId).length === 1, 'it must be paid out once', transfers);
    return answers.map(({ data }) => messageSchema.parse(data).message).join(', ');
  });
}

/** The money goes back: what the seller got is taken back, and there is a credit note. */
export async function showRefund(steps: Steps, scene: Scene): Promise<void> {
  const { buyer } = scene.people;
  const { orderId } = await steps.run('an order of €6.00 is paid', async () => {
    const placed = await scene.placeOrder(600);
    await scene.untilTransfer(placed.orderId, 'completed');
    return placed;
  });
  await steps.run('the buyer asks for a refund; the transfer is reversed', async () => {
    await scene.send('POST', `marketplace/orders/${orderId}/refund`, buyer, { reason: 'Not as described' });
    await scene.untilOrder(orderId, 'refunded');
    await scene.untilTransfer(orderId, 'reversed');
  });
  await steps.run('its credit note is saved', async () => {
    const { file, bytes } = await scene.save(`marketplace/orders/${orderId}/credit-note`, buyer, 'credit-note.pdf');
    return `${(await scene.order(orderId)).refund?.credit_note_number}: ${file}, ${bytes.length} bytes`;
  });
}
