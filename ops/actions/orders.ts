import { insertPaidOrder } from '../../db/marketplace/orders.ts';
import { findUserByEmail } from '../../db/marketplace/users.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Config } from '../../shared/config.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { leaveTrace, type Operator } from './operator.ts';

export interface MadeUpOrder {
  buyerEmail: string;
  sellerEmail: string;
  /** Upper-case ISO code. */
  currency: string;
  grossCents: number;
  title: string;
}

/**
 * Makes up an order that has been paid, and with it the transfer to its seller: for demos and trials, so only where no real
 * provider is configured. Faults: `forbidden`, `not_found`.
 */
export async function makeUpPaidOrder(
  deps: TransactDeps & { config: Pick<Config, 'stripeApiBase' | 'platformFeeRate' | 'transferRetryEnabled'> },
  { buyerEmail, sellerEmail, currency, grossCents, title }: MadeUpOrder,
  operator: Operator,
): Promise<{ orderId: string; transferId: string; jobId: string | null }> {
  const { stripeApiBase, platformFeeRate: feeRate, transferRetryEnabled: retryEnabled } = deps.config;
  if (!isLoopback(stripeApiBase))
    throw new Fault('forbidden', 'Made-up orders would pay out real money: they are for the sandbox.');
  const buyer = await findUserByEmail(deps.db, buyerEmail);
  const seller = await findUserByEmail(deps.db, sellerEmail);
  if (!buyer || !seller) throw new Fault('not_found', `There is no account ${buyer ? sellerEmail : buyerEmail}.`);
  return transact(deps, async tx => {
    const lines = [{ sellerId: seller.id, title, quantity: 1, grossCents }];
    const order = { buyerId: buyer.id, currency, lines, feeRate };
    const { orderId, transfers } = await insertPaidOrder(tx, order, { requestId: uuidV7(), retryEnabled });
    const [transfer] = transfers;
    if (!transfer) throw new Fault('invalid', 'Nothing is left of this order for its seller.');
    await leaveTrace(tx, operator, { action: 'order.make-up', subject: orderId, details: { grossCents, currency } });
    return { orderId, transferId: transfer.id, jobId: transfer.jobId };
  });
}

/** The sandbox listens on loopback and nowhere else; a real provider never does. */
function isLoopback(apiBase: string | undefined): boolean {
  return apiBase !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(apiBase).hostname);
}
