import type { ProviderAccount, ProviderBalance, StripePort } from '../../shared/ports/stripe.ts';

/** An account and its balances, read together. */
export interface AccountView {
  account: ProviderAccount;
  balances: ProviderBalance[];
}

const freshMs = 10_000;
const maxAccounts = 10_000;

/** The provider's view of connected accounts, at most ten seconds old. Readers of one account share one question; failures aren't kept. */
export class AccountViews {
  readonly #stripe: Pick<StripePort, 'retrieveAccount' | 'retrieveBalance'>;
  readonly #nowMs: () => number;
  readonly #views = new Map<string, { askedMs: number; answer: Promise<AccountView> }>();

  constructor(stripe: Pick<StripePort, 'retrieveAccount' | 'retrieveBalance'>, nowMs: () => number = Date.now) {
    this.#stripe = stripe;
    this.#nowMs = nowMs;
  }

  /**
   * `onAnswer` hears of an account when the provider was asked because of this call, before anybody sees the answer: a kept one is too old to be
   * acted on. Rejects with `StripeFailure`, and with what `onAnswer` rejects with.
   */
  read(accountId: string, onAnswer: (account: ProviderAccount) => Promise<void>): Promise<AccountView> {
    const now = this.#nowMs();
    const known = this.#views.get(accountId);
    if (known && now - known.askedMs < freshMs) return known.answer;
    this.#drop(now);
    const view = { askedMs: now, answer: this.#ask(accountId, onAnswer) };
    this.#views.set(accountId, view);
    view.answer.catch(() => {
      if (this.#views.get(accountId) === view) this.#views.delete(accountId);
    });
    return view.answer;
  }

  /** For when an account is known to have changed. */
  forget(accountId: string): void {
    this.#views.delete(accountId);
  }

  async #ask(accountId: string, onAnswer: (account: ProviderAccount) => Promise<void>): Promise<AccountView> {
    const [account, balances] = await Promise.all([
      this.#stripe.retrieveAccount(accountId),
      this.#stripe.retrieveBalance(accountId),
    ]);
    await onAnswer(account);
    return { account, balances };
  }

  /** A map keeps its order of insertion, so what is too old comes first. */
  #drop(now: number): void {
    for (const [accountId, { askedMs }] of this.#views) {
      if (now - askedMs < freshMs && this.#views.size < maxAccounts) break;
      this.#views.delete(accountId);
    }
  }
}

/** What the seller has in the account's default currency, in its minor unit. */
export function defaultBalance({ account, balances }: AccountView): { available: number; pending: number } {
  const balance = balances.find(({ currency }) => currency === account.defaultCurrency);
  return { available: balance?.availableCents ?? 0, pending: balance?.pendingCents ?? 0 };
}
