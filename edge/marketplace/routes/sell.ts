import { z } from 'zod';
import { applySellerState, refreshSeller } from '../../../db/marketplace/refresh-seller.ts';
import { getSeller, sellerDiffers } from '../../../db/marketplace/sellers.ts';
import type { TransferOrder } from '../../../db/marketplace/transfer-jobs.ts';
import { Fault } from '../../../shared/fault.ts';
import type { StripePort } from '../../../shared/ports/stripe.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { EdgeServices } from '../../services.ts';
import { AccountViews, defaultBalance } from '../account-views.ts';
import { ensureConnectAccount } from '../connect-account.ts';
import { isAccountGone, providerFault } from '../provider-fault.ts';
import { readReturnState, signReturnState } from '../return-state.ts';

const sellers = ['marketplace:user'] as const;
const returnPath = '/api/v1/sell/connect/return';

const balanceSchema = z.object({
  connected: z.boolean(),
  available: z.int().describe('Cents, in the default currency of the account'),
  pending: z.int().describe('Cents, in the default currency of the account'),
});
const notConnected = { connected: false, available: 0, pending: 0 };

/** One cache per port, and so per process. */
const viewsOf = new WeakMap<StripePort, AccountViews>();
function accountViews(stripe: StripePort): AccountViews {
  let views = viewsOf.get(stripe);
  if (!views) viewsOf.set(stripe, (views = new AccountViews(stripe)));
  return views;
}

const balance = defineRoute({
  method: 'GET',
  path: '/api/v1/sell/balance',
  summary: "The seller's balance at the payment provider",
  description: 'At most ten seconds old. Zeros until the onboarding is done.',
  roles: sellers,
  idempotency: 'none',
  response: { 200: balanceSchema },
  async handler({ actor, db, edge, requestId, traceparent }) {
    const seller = await getSeller(db, actor!.id);
    if (!seller?.stripeAccountId) return { status: 200, body: notConnected };
    try {
      const view = await accountViews(edge.ports.stripe).read(seller.stripeAccountId, async account => {
        if (!sellerDiffers(seller, account)) return;
        await applySellerState(edge, seller.userId, account, releaseOrder(edge, requestId, traceparent));
      });
      const connected = view.account.detailsSubmitted;
      return { status: 200, body: connected ? { connected, ...defaultBalance(view) } : notConnected };
    } catch (error) {
      if (isAccountGone(error)) return { status: 200, body: notConnected };
      throw providerFault(error);
    }
  },
});

const onboard = defineRoute({
  method: 'POST',
  path: '/api/v1/sell/connect/onboard',
  summary: 'Where the seller connects an account',
  description:
    'The account is made once, however often this is asked; the address is good for one visit within minutes, so each answer has a new one, under an `Idempotency-Key` too.',
  roles: sellers,
  idempotency: 'none',
  limitPerMinute: 20,
  body: z.strictObject({}).optional(),
  response: { 200: z.object({ onboarding_url: z.url() }) },
  async handler({ actor, db, edge, signal, traceparent }) {
    const { config, ports } = edge;
    if (!config.stripeConnectEnabled)
      throw new Fault('unavailable', 'Connecting accounts is switched off.', { reason: 'connect_disabled' });
    const call = { signal, traceparent: traceparent ?? undefined };
    try {
      const accountId = await ensureConnectAccount({ db, stripe: ports.stripe }, actor!.id, call);
      const state = await signReturnState(config, actor!.id);
      const back = new URL(`${returnPath}?${new URLSearchParams({ state }).toString()}`, publicUrl(edge)).href;
      // A link that was visited before leads to the same page, which says what to do: only a bearer token gets a new one.
      const { url } = await ports.stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back, ...call });
      return { status: 200, body: { onboarding_url: url } };
    } catch (error) {
      if (isAccountGone(error))
        throw new Fault('conflict', 'The payment provider refuses the account.', {
          reason: 'account_refused',
          cause: error,
        });
      throw providerFault(error);
    }
  },
});

const comeBack = defineRoute({
  method: 'GET',
  path: returnPath,
  summary: "Where the provider's onboarding pages lead back to",
  description:
    'Looks how the account stands now, releases the transfers that waited for it, and says so to the person who looks at it.',
  roles: 'public',
  idempotency: 'none',
  limitPerMinute: 60,
  query: z.object({ state: z.string().min(1).max(2_048) }),
  faults: ['unauthenticated'],
  response: {
    200: { contentType: 'text/html; charset=utf-8', description: 'A page that says whether the account is connected' },
  },
  async handler({ query, edge, signal, requestId, traceparent }) {
    const userId = await readReturnState(edge.config, query.state);
    const deps = { db: edge.db, dispatch: edge.dispatch, stripe: edge.ports.stripe };
    try {
      const order = releaseOrder(edge, requestId, traceparent);
      const account = await refreshSeller(deps, userId, order, { signal, traceparent: traceparent ?? undefined });
      if (account) accountViews(edge.ports.stripe).forget(account.accountId);
      return htmlReply(
        account?.transfersActive
          ? 'Your account is connected. You can close this window.'
          : 'Your account is not complete yet. Please start the onboarding again from your seller page.',
      );
    } catch (error) {
      if (isAccountGone(error)) return htmlReply('The payment provider has closed this account.');
      throw providerFault(error);
    }
  },
});

function releaseOrder({ config }: EdgeServices, requestId: string, trace: string | null): TransferOrder {
  return { requestId, trace, retryEnabled: config.transferRetryEnabled };
}

/** Trusted text only. */
function htmlReply(sentence: string) {
  const page = `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Seller account</title><p>${sentence}</p></html>\n`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(page) };
}

function publicUrl({ config }: EdgeServices): string {
  return config.publicUrl ?? `http://${config.host}:${config.port}`;
}

export const sellRoutes: readonly Route[] = [balance, onboard, comeBack];
