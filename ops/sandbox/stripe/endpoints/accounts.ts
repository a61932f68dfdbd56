import type { Call, Endpoint } from '../endpoint.ts';
import { allowOnly, mergeMetadata, readText, requireText, requireUrl } from '../fields.ts';
import type { Form } from '../form.ts';
import { accountInvalid, invalidRequest, resourceMissing } from '../refusal.ts';
import { type Account, newId } from '../rows.ts';

/** What an account of that country is paid in, unless Stripe is told otherwise; euro for the rest of the list. */
const currencyOf: Record<string, string> = {
  US: 'usd',
  GB: 'gbp',
  CH: 'chf',
  CA: 'cad',
  AU: 'aud',
  JP: 'jpy',
  SE: 'sek',
};

/** A link is good for one visit within five minutes, as Stripe's are; a later visit is sent to `refresh_url`. */
const linkLifetimeS = 300;

export const createAccount: Endpoint = {
  name: 'accounts.create',
  method: 'POST',
  path: /^\/v1\/accounts$/,
  prepare: ({ store, params, now }) => {
    allowOnly(params, [
      'type',
      'controller',
      'capabilities',
      'email',
      'country',
      'business_type',
      'metadata',
      'default_currency',
      'business_profile',
      'settings',
    ]);
    const country = (readText(params, 'country') ?? 'FR').toUpperCase();
    if (!/^[A-Z]{2}$/.test(country))
      throw invalidRequest(`Country '${country}' is unknown.`, 'country_unsupported', 'country');
    const account: Account = {
      id: `acct_${newId('').slice(1, 17)}`,
      created: now,
      email: readText(params, 'email') ?? null,
      country,
      default_currency: (readText(params, 'default_currency') ?? currencyOf[country] ?? 'eur').toLowerCase(),
      business_type: readText(params, 'business_type') ?? null,
      metadata: mergeMetadata({}, params),
      transfersRequested: group(group(params, 'capabilities'), 'transfers')['requested'] === 'true',
      status: 'new',
    };
    return () => {
      store.put('accounts', account.id, account);
      return renderAccount(account);
    };
  },
};

export const retrieveAccount: Endpoint = {
  name: 'accounts.retrieve',
  method: 'GET',
  path: /^\/v1\/accounts\/([^/]+)$/,
  prepare: call => {
    const account = requireAccount(call, call.id);
    return () => renderAccount(account);
  },
};

/** Test-mode accounts can be deleted at any time, whatever their balance; from then on the platform can't reach them. */
export const deleteAccount: Endpoint = {
  name: 'accounts.delete',
  method: 'DELETE',
  path: /^\/v1\/accounts\/([^/]+)$/,
  prepare: call => {
    requireAccount(call, call.id);
    return () => {
      const account = requireAccount(call, call.id);
      call.store.put('accounts', account.id, { ...account, status: 'deleted' });
      return { id: account.id, object: 'account', deleted: true };
    };
  },
};

export const createAccountLink: Endpoint = {
  name: 'account_links.create',
  method: 'POST',
  path: /^\/v1\/account_links$/,
  prepare: ({ store, params, now, baseUrl }) => {
    allowOnly(params, ['account', 'type', 'return_url', 'refresh_url', 'collect', 'collection_options']);
    const accountId = requireText(params, 'account');
    const type = requireText(params, 'type');
    if (type !== 'account_onboarding' && type !== 'account_update') {
      throw invalidRequest(
        `Invalid type: must be one of account_onboarding or account_update`,
        'parameter_invalid',
        'type',
      );
    }
    const link = {
      token: newId('al'),
      account: accountId,
      expires_at: now + linkLifetimeS,
      return_url: requireUrl(params, 'return_url'),
      refresh_url: requireUrl(params, 'refresh_url'),
      used: false,
    };
    return () => {
      const account = store.get('accounts', accountId);
      if (account === undefined || account.status === 'deleted') throw resourceMissing('account', accountId, 'account');
      store.put('links', link.token, link);
      const url = `${baseUrl}/_sandbox/onboard/${link.token}`;
      return { object: 'account_link', created: now, expires_at: link.expires_at, url };
    };
  },
};

/** An account that the platform's key reaches, else 403 `account_invalid`. */
export function requireAccount({ store, apiKey }: Pick<Call, 'store' | 'apiKey'>, id: string): Account {
  const account = store.get('accounts', id);
  if (account === undefined || account.status === 'deleted') throw accountInvalid(apiKey, id);
  return account;
}

/** The account has done its onboarding, asked for the `transfers` capability and wasn't closed. */
export function transfersActive(account: Account): boolean {
  return account.status === 'onboarded' && account.transfersRequested;
}

function renderAccount(account: Account): unknown {
  const submitted = account.status !== 'new';
  const able = account.status === 'onboarded';
  const disabledReason = able ? null : submitted ? 'rejected.other' : 'requirements.past_due';
  return {
    id: account.id,
    object: 'account',
    business_type: account.business_type,
    capabilities: account.transfersRequested ? { transfers: transfersActive(account) ? 'active' : 'inactive' } : {},
    charges_enabled: able,
    controller: {
      type: 'application',
      is_controller: true,
      fees: { payer: 'application' },
      losses: { payments: 'application' },
      requirement_collection: 'stripe',
      stripe_dashboard: { type: 'express' },
    },
    country: account.country,
    created: account.created,
    default_currency: account.default_currency,
    details_submitted: submitted,
    email: account.email,
    metadata: account.metadata,
    payouts_enabled: able,
    requirements: {
      currently_due: submitted ? [] : ['external_account', 'tos_acceptance.date'],
      disabled_reason: disabledReason,
    },
    type: 'express',
  };
}

function group(form: Form, name: string): Form {
  const value = form[name];
  return typeof value === 'object' ? value : {};
}
