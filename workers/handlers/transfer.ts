import { Fault } from '../../shared/fault.ts';
import type { transfer as spec } from '../../shared/jobs/transfer.ts';
import { nextTransferStep } from '../../shared/transfer-step.ts';
import type { Handler } from '../handler.ts';
import { carryOut, type MoneyWay } from '../provider-call.ts';

const payment: MoneyWay = {
  direction: 'transfer',

  decide: (transfer, facts) =>
    nextTransferStep({
      ...transfer,
      ...facts,
      askedAt: transfer.orderCreatedAt,
      destination: transfer.destination ?? transfer.accountId,
    }),

  async send(stripe, { transfer, key, destination }, options) {
    if (destination === null) throw new TypeError(`transfer ${transfer.id} has no destination`);
    const { amountCents, currency, transferGroup } = transfer;
    const metadata = { transferId: transfer.id };
    const request = { key, amountCents, currency, destination, transferGroup, metadata, ...options };
    return (await stripe.createTransfer(request)).providerTransferId;
  },

  async find(stripe, { id, transferGroup, amountCents, currency }, options) {
    const found = await stripe.findTransfers({ transferGroup, metadata: { transferId: id }, ...options });
    const oldest = found.at(-1);
    if (!oldest) return null;
    if (found.length === 1 && oldest.amountCents === amountCents && oldest.currency === currency)
      return { providerId: oldest.providerTransferId, destination: oldest.destination };
    throw new Fault('unprocessable', 'What the provider has paid for this transfer is not what it should be.', {
      reason: 'paid_otherwise',
      cause: found.map(theirs => `${theirs.providerTransferId}: ${theirs.amountCents} ${theirs.currency}`).join(', '),
    });
  },
};

/** Pays a seller's share, once, whatever dies in between. */
export const transfer: Handler<typeof spec, 'stripe'> = async (ctx, { transferId }) => ({
  transferId,
  providerTransferId: await carryOut(ctx, transferId, payment),
});
