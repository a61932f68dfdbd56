import { randomUUID } from 'node:crypto';
import { transact } from '../../../db/transact.ts';
import type { InsertedTransfer } from '../../../db/marketplace/complete-order.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import type { OpenConsole } from '../../support/console.ts';
import { insertPaidOrder } from '../../support/paid-order.ts';

/** Who buys and sells beside an open console. */
export async function addUser({ db }: OpenConsole, username = `user-${randomUUID().slice(-12)}`): Promise<string> {
  const id = uuidV7();
  await db.none('insert into marketplace.users (id, username, email, password_hash) values ($1, $2, $3, $4)', [
    id,
    username,
    `${username}@example.com`,
    'none',
  ]);
  return id;
}

/** A seller whose account may be paid. */
export async function addSeller(open: OpenConsole, username?: string): Promise<string> {
  const { stripe } = open.outside.ports;
  const id = await addUser(open, username);
  const { accountId } = await stripe.createAccount({ email: 's@example.com', metadata: {}, key: `account_${id}` });
  const back = 'http://127.0.0.1/back';
  const { url } = await stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back });
  await fetch(url, { redirect: 'manual' });
  await open.db.none(
    `insert into marketplace.sellers (user_id, stripe_account_id, default_currency, details_submitted, transfers_active, onboarded_at)
    values ($1, $2, 'EUR', true, true, now())`,
    [id, accountId],
  );
  return id;
}

/** A paid order of one line for each seller, whose transfers a worker then tries. */
export async function sell(
  { spine }: OpenConsole,
  buyerId: string,
  sellerIds: readonly string[],
  { currency = 'EUR', grossCents = 2999 } = {},
): Promise<{ orderId: string; transfers: InsertedTransfer[] }> {
  const lines = sellerIds.map(sellerId => ({ sellerId, title: 'A track', quantity: 1, grossCents }));
  const order = { buyerId, currency, lines, feeRate: 0.1 };
  return transact(spine, tx => insertPaidOrder(tx, order, { requestId: uuidV7(), retryEnabled: true }));
}

/** What the platform has at the provider. */
export async function setBalance({ outside }: OpenConsole, currency: string, availableCents: number): Promise<void> {
  const body = JSON.stringify({ currency, available_cents: availableCents });
  const answer = await fetch(`${outside.stripe.url}/_sandbox/balance`, { method: 'POST', body });
  if (!answer.ok) throw new Error(await answer.text());
}
