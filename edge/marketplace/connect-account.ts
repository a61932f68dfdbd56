import type { Connection } from '../../db/connect.ts';
import { burnAccountKey, ensureSeller, getSeller, setSellerAccount } from '../../db/marketplace/sellers.ts';
import { getUser } from '../../db/marketplace/users.ts';
import { Fault } from '../../shared/fault.ts';
import { StripeFailure, type StripePort } from '../../shared/ports/stripe.ts';
import type { StripeCall } from '../../shared/ports/stripe-wire.ts';

export interface ConnectDeps {
  db: Connection;
  stripe: Pick<StripePort, 'createAccount'>;
}

/**
 * The seller's account at the provider, made at the first call. Two calls at once send the same key, so that the provider makes one; the row
 * takes the first id that arrives and keeps it. Rejects with `StripeFailure`.
 */
export async function ensureConnectAccount(
  { db, stripe }: ConnectDeps,
  userId: string,
  call: StripeCall = {},
): Promise<string> {
  const seller = await ensureSeller(db, userId);
  if (seller.stripeAccountId) return seller.stripeAccountId;
  const user = await getUser(db, userId);
  if (!user) throw new Fault('not_found', 'No such user.');
  const seq = seller.accountKeySeq;
  try {
    const key = `millrace:account:${userId}:${seq}`;
    const { accountId } = await stripe.createAccount({
      email: user.email,
      metadata: { user_id: userId },
      key,
      ...call,
    });
    if (await setSellerAccount(db, userId, accountId)) return accountId;
  } catch (error) {
    // The provider would answer this key with the same failure for a day. A second, empty account costs nobody anything; a lost day does.
    if (error instanceof StripeFailure && ['refused', 'unknown', 'mismatch'].includes(error.outcome))
      await burnAccountKey(db, userId, seq);
    throw error;
  }
  const kept = (await getSeller(db, userId))?.stripeAccountId;
  if (!kept) throw new Error(`seller ${userId} has no account after one was made`);
  return kept;
}
