import { moveMoney, readBalance } from '../books.ts';
import type { Endpoint } from '../endpoint.ts';
import { allowOnly, mergeMetadata, readAmountCents } from '../fields.ts';
import { cutPage, pageParams } from '../page.ts';
import { invalidRequest } from '../refusal.ts';
import { newId, platform, type Reversal } from '../rows.ts';
import { renderReversal, requireTransfer, subjectOfTransfer } from './transfer-view.ts';

/**
 * Takes back a transfer, whole or in parts, never more than is left of it; without `amount`, all that is left. "It is possible to
 * reverse a transfer_group transfer only if the destination account has enough balance to cover the reversal."
 */
export const createReversal: Endpoint = {
  name: 'reversals.create',
  method: 'POST',
  path: /^\/v1\/transfers\/([^/]+)\/reversals$/,
  subject: subjectOfTransfer,
  prepare: call => {
    const { store, params, now, account } = call;
    allowOnly(params, ['amount', 'description', 'metadata', 'refund_application_fee']);
    const asked = readAmountCents(params);
    const metadata = mergeMetadata({}, params);
    requireTransfer(call);
    return () => {
      if (account !== null) throw invalidRequest('This account cannot reverse transfers.', 'transfers_not_allowed');
      const transfer = requireTransfer(call);
      const left = transfer.amount - transfer.amount_reversed;
      if (left === 0) throw invalidRequest(`Transfer ${transfer.id} is already fully reversed.`);
      const amount = asked ?? left;
      if (amount > left) {
        throw invalidRequest(
          `Reversal amount (${amount}) is greater than unreversed amount on transfer (${left})`,
          undefined,
          'amount',
        );
      }
      if (readBalance(store, transfer.destination, transfer.currency).available < amount) {
        throw invalidRequest(
          'The destination account has insufficient funds to cover this reversal.',
          'balance_insufficient',
        );
      }
      const reversal: Reversal = {
        id: newId('trr'),
        amount,
        balance_transaction: newId('txn'),
        created: now,
        currency: transfer.currency,
        destination_payment_refund: newId('pyr'),
        metadata,
        transfer: transfer.id,
      };
      moveMoney(store, transfer.destination, platform, transfer.currency, amount);
      store.put('reversals', reversal.id, reversal);
      store.put('transfers', transfer.id, {
        ...transfer,
        amount_reversed: transfer.amount_reversed + amount,
        reversalIds: [...transfer.reversalIds, reversal.id],
      });
      return renderReversal(store, reversal.id);
    };
  },
};

export const listReversals: Endpoint = {
  name: 'reversals.list',
  method: 'GET',
  path: /^\/v1\/transfers\/([^/]+)\/reversals$/,
  subject: subjectOfTransfer,
  prepare: call => {
    allowOnly(call.params, pageParams);
    const rows = requireTransfer(call)
      .reversalIds.toReversed()
      .map(id => ({ id }));
    return () => cutPage(call, 'transfer reversal', rows, ({ id }) => renderReversal(call.store, id));
  },
};
