import type { TransferSum } from '../../db/marketplace/transfer-search.ts';
import type { ProviderBalance, StripePort } from '../../shared/ports/stripe.ts';
import { OneAtATime } from './one-at-a-time.ts';

/** The platform's own money at Stripe, or why nobody knows. */
export type Funds = { balances: ProviderBalance[] } | { problem: string };

/** What failed transfers of one currency come to, beside the money that is there to pay them. Amounts in minor units. */
export interface CurrencyFunds {
  currency: string;
  /** By transfers that are tried again, and by those that are not. */
  failedCents: number;
  permanentlyFailedCents: number;
  /** Reversals that failed: money to come back. */
  reversalFailedCents: number;
  /** Both kinds of failed payments together. */
  owedCents: number;
  /** Null: not known. */
  availableCents: number | null;
  pendingCents: number | null;
}

const freshMs = 15_000;
/** A page waits no longer for Stripe. */
const patienceMs = 3_000;

const caches = new WeakMap<StripePort, OneAtATime<Funds>>();

/** Asked of Stripe at most every quarter of a minute, however many look; a failure too is kept that long. Never rejects. */
export function readFunds(stripe: StripePort): Promise<Funds> {
  const cache = caches.get(stripe) ?? new OneAtATime<Funds>(freshMs);
  caches.set(stripe, cache);
  return cache.get('platform', async () => {
    try {
      return { balances: await stripe.retrieveBalance(null, { signal: AbortSignal.timeout(patienceMs) }) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  });
}

/** Every currency in which something failed or something lies, by its name. */
export function compareFunds(sums: readonly TransferSum[], funds: Funds): CurrencyFunds[] {
  const balances = 'balances' in funds ? funds.balances : null;
  const currencies = new Set([...sums.map(sum => sum.currency), ...(balances ?? []).map(({ currency }) => currency)]);
  return [...currencies].sort().map(currency => {
    const of = (status: TransferSum['status']) =>
      sums.find(sum => sum.currency === currency && sum.status === status)?.amountCents ?? 0;
    const balance = balances?.find(one => one.currency === currency);
    const [failedCents, permanentlyFailedCents] = [of('failed'), of('permanently_failed')];
    return {
      currency,
      failedCents,
      permanentlyFailedCents,
      reversalFailedCents: of('reversal_failed'),
      owedCents: failedCents + permanentlyFailedCents,
      availableCents: balances && (balance?.availableCents ?? 0),
      pendingCents: balances && (balance?.pendingCents ?? 0),
    };
  });
}
