import { supplyMoney } from '../books.ts';
import type { Endpoint } from '../endpoint.ts';
import { allowOnly, mergeMetadata, readText, requireAmountCents, requireCurrency } from '../fields.ts';
import { newId, platform, type Topup } from '../rows.ts';

/** The platform's balance, or with `Stripe-Account` a connected account's: one entry per currency that ever held money. */
export const retrieveBalance: Endpoint = {
  name: 'balance.retrieve',
  method: 'GET',
  path: /^\/v1\/balance$/,
  prepare: ({ store, params, account }) => {
    allowOnly(params, []);
    return () => {
      const owner = account ?? platform;
      const own = [...store.all('balances')].filter(balance => balance.owner === owner);
      const currency = account === null ? 'eur' : (store.get('accounts', account)?.default_currency ?? 'eur');
      // Stripe shows an account that never held money as a zero in its default currency.
      const shown = own.length > 0 ? own : [{ currency, available: 0, pending: 0 }];
      return {
        object: 'balance',
        livemode: false,
        available: shown.map(({ currency: code, available }) => ({
          amount: available,
          currency: code,
          source_types: { card: available },
        })),
        pending: shown.map(({ currency: code, pending }) => ({
          amount: pending,
          currency: code,
          source_types: { card: pending },
        })),
      };
    };
  },
};

/** Raises the available balance at once; a real top-up is `pending` for days first. */
export const createTopup: Endpoint = {
  name: 'topups.create',
  method: 'POST',
  path: /^\/v1\/topups$/,
  prepare: ({ store, params, now, account }) => {
    allowOnly(params, [
      'amount',
      'currency',
      'description',
      'metadata',
      'source',
      'statement_descriptor',
      'transfer_group',
    ]);
    const topup: Topup = {
      id: newId('tu'),
      owner: account ?? platform,
      amount: requireAmountCents(params),
      balance_transaction: newId('txn'),
      created: now,
      currency: requireCurrency(params),
      description: readText(params, 'description') ?? null,
      metadata: mergeMetadata({}, params),
      transfer_group: readText(params, 'transfer_group') ?? null,
    };
    return () => {
      supplyMoney(store, topup.owner, topup.currency, topup.amount);
      store.put('topups', topup.id, topup);
      const { owner: _, ...fields } = topup;
      return {
        ...fields,
        object: 'topup',
        expected_availability_date: now,
        failure_code: null,
        failure_message: null,
        livemode: false,
        source: null,
        statement_descriptor: readText(params, 'statement_descriptor') ?? null,
        status: 'succeeded',
      };
    };
  },
};
