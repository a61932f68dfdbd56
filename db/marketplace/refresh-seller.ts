import type { ProviderAccount, StripePort } from '../../shared/ports/stripe.ts';
import type { StripeCall } from '../../shared/ports/stripe-wire.ts';
import { transact, type TransactDeps } from '../transact.ts';
import { getSeller, recordSellerState } from './sellers.ts';
import { releaseTransfers, type TransferOrder } from './transfer-jobs.ts';

export interface RefreshSellerDeps extends TransactDeps {
  stripe: Pick<StripePort, 'retrieveAccount'>;
}

/**
 * Asks the provider how a seller's account stands and acts on it (`applySellerState`). Null if there is no account to ask
 * for. Rejects with `StripeFailure`.
 */
export async function refreshSeller(
  deps: RefreshSellerDeps,
  userId: string,
  order: TransferOrder,
  call: StripeCall = {},
): Promise<ProviderAccount | null> {
  const seller = await getSeller(deps.db, userId);
  if (!seller?.stripeAccountId) return null;
  const account = await deps.stripe.retrieveAccount(seller.stripeAccountId, call);
  await applySellerState(deps, userId, account, order);
  return account;
}

/** Records what the provider says of an account; one that may be paid gets its waiting transfers released. */
export async function applySellerState(
  deps: TransactDeps,
  userId: string,
  account: ProviderAccount,
  order: TransferOrder,
): Promise<void> {
  await transact(deps, async tx => {
    await recordSellerState(tx, userId, account);
    // Also when nothing has changed: an order may have been paid just as its seller's account became active.
    if (account.transfersActive) await releaseTransfers(tx, userId, order);
  });
}
