import { moveMoney, readBalance } from '../books.ts';
import type { Endpoint } from '../endpoint.ts';
import { allowOnly, mergeMetadata, readText, requireAmountCents, requireCurrency, requireText } from '../fields.ts';
import { cutPage, pageParams, readCreated } from '../page.ts';
import { balanceInsufficient, capabilitiesInsufficient, invalidRequest, resourceMissing } from '../refusal.ts';
import { newId, platform, type Transfer } from '../rows.ts';
import { transfersActive } from './accounts.ts';
import { givenMetadata, givenText, renderTransfer, requireTransfer, subjectOfTransfer } from './transfer-view.ts';

/**
 * Moves money from the platform's available balance to a connected account, in the currency that was asked: unlike Stripe the
 * sandbox never converts into the account's own. Who may be paid is looked at before whether the money is there.
 */
export const createTransfer: Endpoint = {
  name: 'transfers.create',
  method: 'POST',
  path: /^\/v1\/transfers$/,
  subject: ({ params }) => ({
    destination: givenText(params, 'destination'),
    transfer_group: givenText(params, 'transfer_group'),
    metadata: givenMetadata(params),
  }),
  prepare: ({ store, params, now, account }) => {
    allowOnly(params, [
      'amount',
      'currency',
      'destination',
      'description',
      'metadata',
      'transfer_group',
      'source_type',
    ]);
    const transfer: Transfer = {
      id: newId('tr'),
      amount: requireAmountCents(params),
      amount_reversed: 0,
      balance_transaction: newId('txn'),
      created: now,
      currency: requireCurrency(params),
      description: readText(params, 'description') ?? null,
      destination: requireText(params, 'destination'),
      destination_payment: newId('py'),
      metadata: mergeMetadata({}, params),
      transfer_group: readText(params, 'transfer_group') ?? null,
      reversalIds: [],
    };
    return () => {
      if (account !== null) throw invalidRequest('This account cannot create transfers.', 'transfers_not_allowed');
      const destination = store.get('accounts', transfer.destination);
      if (destination === undefined || destination.status === 'deleted') {
        throw resourceMissing('destination', transfer.destination, 'destination');
      }
      if (!transfersActive(destination)) throw capabilitiesInsufficient();
      if (readBalance(store, platform, transfer.currency).available < transfer.amount) throw balanceInsufficient();
      moveMoney(store, platform, transfer.destination, transfer.currency, transfer.amount);
      store.put('transfers', transfer.id, transfer);
      return renderTransfer(store, transfer);
    };
  },
};

export const retrieveTransfer: Endpoint = {
  name: 'transfers.retrieve',
  method: 'GET',
  path: /^\/v1\/transfers\/([^/]+)$/,
  subject: subjectOfTransfer,
  prepare: call => {
    const transfer = requireTransfer(call);
    return () => renderTransfer(call.store, transfer);
  },
};

/** Only description and metadata can change after the fact. */
export const updateTransfer: Endpoint = {
  name: 'transfers.update',
  method: 'POST',
  path: /^\/v1\/transfers\/([^/]+)$/,
  subject: subjectOfTransfer,
  prepare: call => {
    const { store, params } = call;
    allowOnly(params, ['metadata', 'description']);
    mergeMetadata(requireTransfer(call).metadata, params);
    const description = readText(params, 'description');
    return () => {
      const transfer = requireTransfer(call);
      const changed = {
        ...transfer,
        description: description ?? transfer.description,
        metadata: mergeMetadata(transfer.metadata, params),
      };
      store.put('transfers', changed.id, changed);
      return renderTransfer(store, changed);
    };
  },
};

/** Newest first; filters `destination`, `transfer_group` and `created` all hold together. */
export const listTransfers: Endpoint = {
  name: 'transfers.list',
  method: 'GET',
  path: /^\/v1\/transfers$/,
  prepare: call => {
    const { store, params } = call;
    allowOnly(params, [...pageParams, 'destination', 'transfer_group', 'created']);
    const destination = readText(params, 'destination');
    const group = readText(params, 'transfer_group');
    const createdThen = readCreated(params);
    const fits = (transfer: Transfer): boolean =>
      (destination === undefined || transfer.destination === destination) &&
      (group === undefined || transfer.transfer_group === group) &&
      createdThen(transfer.created);
    return () => {
      const found = [...store.all('transfers')].filter(fits).toReversed();
      return cutPage(call, 'transfer', found, transfer => renderTransfer(store, transfer));
    };
  },
};
