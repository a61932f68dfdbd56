import type { transferReversal as spec } from '../../shared/jobs/transfer-reversal.ts';
import { nextReversalStep } from '../../shared/transfer-step.ts';
import type { LockedTransfer } from '../../db/marketplace/transfers.ts';
import type { Handler } from '../handler.ts';
import { carryOut, type MoneyWay } from '../provider-call.ts';

const reversal: MoneyWay = {
  direction: 'reversal',

  decide: (transfer, facts) =>
    nextReversalStep({ ...facts, status: transfer.status, askedAt: transfer.orderCreatedAt }),

  async send(stripe, { transfer, key }, options) {
    const { id, amountCents } = transfer;
    const providerTransferId = paidAs(transfer);
    const request = { key, providerTransferId, amountCents, metadata: { transferId: id }, ...options };
    return (await stripe.createReversal(request)).providerReversalId;
  },

  async find(stripe, transfer, options) {
    const reversals = await stripe.listReversals(paidAs(transfer), options);
    // One of the whole amount can only be the one that we want, whoever made it.
    const found = reversals.find(({ amountCents }) => amountCents === transfer.amountCents);
    return found ? { providerId: found.providerReversalId, destination: null } : null;
  },
};

function paidAs({ id, providerTransferId }: LockedTransfer): string {
  if (providerTransferId === null) throw new TypeError(`transfer ${id} was never paid: there is nothing to reverse`);
  return providerTransferId;
}

/** Takes a paid transfer back, whole and once. */
export const transferReversal: Handler<typeof spec, 'stripe'> = async (ctx, { transferId }) => ({
  transferId,
  providerReversalId: await carryOut(ctx, transferId, reversal),
});
