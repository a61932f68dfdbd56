import { z } from 'zod';
import { callApi } from './api.ts';
import { pollApi } from './poll-api.ts';
import type { Person } from './people.ts';

/** Who buys and sells. Null: of an earlier start, out of reach now. */
export interface ShopPeople {
  buyer: Person;
  seller: Person;
  potter: Person | null;
  painter: Person | null;
}

const idSchema = z.object({ id: z.uuid() });
const orderedSchema = z.object({ order: idSchema });
const orderSchema = z.object({ status: z.string() });

interface Product {
  title: string;
  description: string;
  price_cents: number;
  currency: string;
  type: string;
  tags: string[];
  tax_rate: number;
}

const track = (title: string, price_cents: number, tags: string[], description = ''): Product => ({
  title,
  description,
  price_cents,
  currency: 'EUR',
  type: 'track',
  tags,
  tax_rate: 0.23,
});

const samProducts: Product[] = [
  track('Lo-fi drum kit', 2_999, ['hip-hop', 'lo-fi', 'drums'], 'Forty dusty one-shots and a handful of breaks.'),
  track('Field recordings', 12_000, ['ambient', 'field recording'], 'Rain, trams and harbours, two hours of them.'),
  {
    ...track('Mixing lesson', 4_900, ['lesson', 'mixing'], 'One hour, on your own song.'),
    currency: 'GBP',
    type: 'service',
  },
  track('Vinyl crackle loops', 900, ['lo-fi', 'vinyl', 'loops']),
  track('Hipster beats vol. 1', 1_900, ['hipster', 'hip-hop', 'beats']),
  track('Modular bass lines', 2_400, ['bass', 'modular', 'techno'], 'Ein Gewitter aus Bässen: Łódź, Αθήνα, Київ.'),
  track('Choir samples', 3_900, ['choir', 'vocals', 'cinematic']),
  track('Sticker sheet', 600, ['merch']),
];
const piaProducts: Product[] = [
  { ...track('Tea bowl', 4_550, ['ceramics', 'tea'], 'Wood-fired, no two alike.'), type: 'goods' },
  { ...track('Vase, tall', 8_900, ['ceramics']), type: 'goods' },
];
const pitProducts: Product[] = [{ ...track('Print, A3', 1_500, ['print', 'linocut']), type: 'goods', tax_rate: 0.08 }];

/** Title → id. */
export async function addProducts(edge: string, { seller, potter, painter }: ShopPeople): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const shelves: [Person | null, Product[]][] = [
    [seller, samProducts],
    [potter, piaProducts],
    [painter, pitProducts],
  ];
  for (const [person, products] of shelves) {
    if (!person) continue;
    for (const body of products) {
      const headers = { 'idempotency-key': `demo-product ${body.title}`.replaceAll(' ', '-') };
      const call = { token: person.token, body, headers };
      ids.set(body.title, idSchema.parse((await callApi('POST', `${edge}/api/v1/marketplace/products`, call)).data).id);
    }
  }
  return ids;
}

/** Orders in every state that a buyer meets, a review, a refund. */
export async function fillShop(
  edge: string,
  { buyer }: ShopPeople,
  products: ReadonlyMap<string, string>,
): Promise<void> {
  const order = (key: string, titles: string[], method = 'card') =>
    placeOrder(
      edge,
      buyer,
      key,
      titles.flatMap(title => products.get(title) ?? []),
      method,
    );
  const first = await order('first', ['Lo-fi drum kit']);
  const regretted = await order('regretted', ['Vinyl crackle loops', 'Sticker sheet']);
  await order('two-sellers', ['Field recordings', 'Tea bowl']);
  await order('waits-for-its-seller', ['Print, A3']);
  await order('in-pounds', ['Mixing lesson']);
  await order('declined', ['Choir samples'], 'card_declined');
  await order('unpaid', ['Modular bass lines'], 'manual');
  if (first !== null && (await isPaid(edge, buyer, first))) {
    const body = { rating: 5, comment: 'Exactly the dust that I was after.' };
    const path = `marketplace/products/${products.get('Lo-fi drum kit')}/reviews`;
    await callApi('POST', `${edge}/api/v1/${path}`, { token: buyer.token, body }, [201, 409]);
  }
  if (regretted !== null && (await isPaid(edge, buyer, regretted))) {
    const body = { reason: 'Not as described', details: 'The crackle is too clean.' };
    await callApi(
      'POST',
      `${edge}/api/v1/marketplace/orders/${regretted}/refund`,
      { token: buyer.token, body },
      [200, 409],
    );
  }
}

async function placeOrder(
  edge: string,
  { token }: Person,
  name: string,
  productIds: readonly string[],
  method: string,
): Promise<string | null> {
  if (productIds.length === 0) return null;
  const body = { items: productIds.map(product_id => ({ product_id, quantity: 1 })), payment_method: method };
  const headers = { 'idempotency-key': `demo-order-${name}` };
  const { data } = await callApi('POST', `${edge}/api/v1/marketplace/orders`, { token, body, headers });
  return orderedSchema.parse(data).order.id;
}

/** The provider's word is about a second away. */
async function isPaid(edge: string, { token }: Person, orderId: string): Promise<boolean> {
  const read = async () =>
    orderSchema.parse((await callApi('GET', `${edge}/api/v1/marketplace/orders/${orderId}`, { token })).data);
  return (await pollApi(read, order => order.status !== 'pending', 15_000)).status === 'completed';
}
