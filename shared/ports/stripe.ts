import type { Stripe } from 'stripe';
import { type StripeCall, type StripeRequestSeen, StripeWire } from './stripe-wire.ts';

export { StripeFailure, type StripeOutcome } from './stripe-failure.ts';

/** A transfer as the provider has it. Amounts in minor units, currency an upper-case ISO code. */
export interface ProviderTransfer {
  providerTransferId: string;
  amountCents: number;
  currency: string;
  destination: string;
  amountReversedCents: number;
  transferGroup: string | null;
  metadata: Record<string, string>;
  createdAt: Date;
}

export interface ProviderReversal {
  providerReversalId: string;
  amountCents: number;
  currency: string;
  metadata: Record<string, string>;
  createdAt: Date;
}

export interface ProviderAccount {
  accountId: string;
  transfersActive: boolean;
  detailsSubmitted: boolean;
  payoutsEnabled: boolean;
  /** Upper-case ISO code. */
  defaultCurrency: string;
}

export interface ProviderBalance {
  currency: string;
  availableCents: number;
  pendingCents: number;
}

/**
 * Stripe Connect, as far as paying sellers needs it. Amounts are whole minor units, currencies upper-case ISO codes. Every method makes its calls
 * once and fails with `StripeFailure` and nothing else; `key` is the provider's idempotency key, at most 255 characters, kept for a day.
 */
export interface StripePort {
  /** An Express account that may be paid by transfers, once its owner has gone through an account link. */
  createAccount: (
    request: { email: string; metadata: Record<string, string>; key: string } & StripeCall,
  ) => Promise<{ accountId: string }>;
  /** A single-use address of the provider's onboarding, good for a few minutes. `refreshUrl` is where a stale one leads. */
  createAccountLink: (
    request: { accountId: string; returnUrl: string; refreshUrl: string } & StripeCall,
  ) => Promise<{ url: string }>;
  retrieveAccount: (accountId: string, call?: StripeCall) => Promise<ProviderAccount>;
  /** The balance of a connected account, or the platform's own for null; one entry per currency. */
  retrieveBalance: (accountId: string | null, call?: StripeCall) => Promise<ProviderBalance[]>;
  createTransfer: (
    request: {
      key: string;
      amountCents: number;
      currency: string;
      destination: string;
      transferGroup: string;
      metadata: Record<string, string>;
    } & StripeCall,
  ) => Promise<{ providerTransferId: string }>;
  createReversal: (
    request: {
      key: string;
      providerTransferId: string;
      amountCents: number;
      metadata: Record<string, string>;
    } & StripeCall,
  ) => Promise<{ providerReversalId: string }>;
  /** All transfers of a group, newest first, that carry at least this metadata: the read-back of an unknown outcome. */
  findTransfers: (
    request: { transferGroup: string; metadata?: Record<string, string> } & StripeCall,
  ) => Promise<ProviderTransfer[]>;
  /** All reversals of a transfer, newest first. */
  listReversals: (providerTransferId: string, call?: StripeCall) => Promise<ProviderReversal[]>;
  /** Transfers made from `createdFrom` until before `createdTo`, newest first, a page of 100 at a time. The provider counts in whole seconds: the range is widened to them. */
  listTransfers: (request: { createdFrom: Date; createdTo: Date } & StripeCall) => AsyncIterable<ProviderTransfer>;
}

export interface StripePortOptions {
  secretKey: string;
  /** `http://127.0.0.1:4242` for the sandbox; Stripe itself unless given. */
  apiBase?: string;
  /** Of each call, headers and body together; 20 seconds unless given. */
  timeoutMs?: number;
  /** Told of each request that left, answered or not. */
  onRequest?: (seen: StripeRequestSeen) => void;
}

/** The port over the real client library. It never retries by itself: the jobs do, and each call is one row of theirs. */
export function createStripePort(options: StripePortOptions): StripePort {
  const wire = new StripeWire(options);
  const { stripe } = wire;
  return {
    async createAccount({ email, metadata, key, ...call }) {
      const params: Stripe.AccountCreateParams = {
        email,
        metadata,
        controller: {
          fees: { payer: 'application' },
          losses: { payments: 'application' },
          stripe_dashboard: { type: 'express' },
        },
        capabilities: { transfers: { requested: true } },
      };
      const account = await wire.write('accounts.create', call, o =>
        stripe.accounts.create(params, { ...o, idempotencyKey: key }),
      );
      return { accountId: account.id };
    },

    async createAccountLink({ accountId, returnUrl, refreshUrl, ...call }) {
      const params = { account: accountId, return_url: returnUrl, refresh_url: refreshUrl, type: 'account_onboarding' };
      const link = await wire.write('account_links.create', call, o => stripe.accountLinks.create(params, o));
      return { url: link.url };
    },

    async retrieveAccount(accountId, call = {}) {
      const account = await wire.read('accounts.retrieve', call, o => stripe.accounts.retrieve(accountId, {}, o));
      return {
        accountId: account.id,
        transfersActive: account.capabilities?.transfers === 'active',
        detailsSubmitted: account.details_submitted,
        payoutsEnabled: account.payouts_enabled,
        defaultCurrency: (account.default_currency ?? '').toUpperCase(),
      };
    },

    async retrieveBalance(accountId, call = {}) {
      const whose = accountId === null ? {} : { stripeAccount: accountId };
      const balance = await wire.read('balance.retrieve', call, o => stripe.balance.retrieve({}, { ...o, ...whose }));
      const pending = new Map(balance.pending.map(entry => [entry.currency, entry.amount]));
      return balance.available.map(({ currency, amount }) => ({
        currency: currency.toUpperCase(),
        availableCents: amount,
        pendingCents: pending.get(currency) ?? 0,
      }));
    },

    async createTransfer({ key, amountCents, currency, destination, transferGroup, metadata, ...call }) {
      const params = {
        amount: amountCents,
        currency: currency.toLowerCase(),
        destination,
        transfer_group: transferGroup,
        metadata,
      };
      const transfer = await wire.write('transfers.create', call, o =>
        stripe.transfers.create(params, { ...o, idempotencyKey: key }),
      );
      return { providerTransferId: transfer.id };
    },

    async createReversal({ key, providerTransferId, amountCents, metadata, ...call }) {
      const params = { amount: amountCents, metadata };
      const reversal = await wire.write('reversals.create', call, o =>
        stripe.transfers.createReversal(providerTransferId, params, { ...o, idempotencyKey: key }),
      );
      return { providerReversalId: reversal.id };
    },

    async findTransfers({ transferGroup, metadata = {}, ...call }) {
      const wanted = Object.entries(metadata);
      const found: ProviderTransfer[] = [];
      for await (const transfer of pageTransfers(wire, { transfer_group: transferGroup }, call)) {
        if (wanted.every(([name, value]) => transfer.metadata[name] === value)) found.push(transfer);
      }
      return found;
    },

    async listReversals(providerTransferId, call = {}) {
      const found: ProviderReversal[] = [];
      const pages = wire.pages('reversals.list', call, (page, o) =>
        stripe.transfers.listReversals(providerTransferId, page, o),
      );
      for await (const reversal of pages) {
        found.push({
          providerReversalId: reversal.id,
          amountCents: reversal.amount,
          currency: reversal.currency.toUpperCase(),
          metadata: reversal.metadata ?? {},
          createdAt: new Date(reversal.created * 1000),
        });
      }
      return found;
    },

    listTransfers({ createdFrom, createdTo, ...call }) {
      const created = { gte: Math.floor(createdFrom.getTime() / 1000), lt: Math.ceil(createdTo.getTime() / 1000) };
      return pageTransfers(wire, { created }, call);
    },
  };
}

async function* pageTransfers(
  wire: StripeWire,
  filter: Stripe.TransferListParams,
  call: StripeCall,
): AsyncGenerator<ProviderTransfer> {
  const pages = wire.pages('transfers.list', call, (page, o) => wire.stripe.transfers.list({ ...filter, ...page }, o));
  for await (const transfer of pages) {
    const destination = transfer.destination;
    yield {
      providerTransferId: transfer.id,
      amountCents: transfer.amount,
      currency: transfer.currency.toUpperCase(),
      destination: typeof destination === 'string' ? destination : (destination?.id ?? ''),
      amountReversedCents: transfer.amount_reversed,
      transferGroup: transfer.transfer_group,
      metadata: transfer.metadata,
      createdAt: new Date(transfer.created * 1000),
    };
  }
}
