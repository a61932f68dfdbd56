import type { ProviderAccount } from '../../shared/ports/stripe.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** A user who sells, with the provider's side as we last saw it. */
export interface Seller {
  userId: string;
  stripeAccountId: string | null;
  accountKeySeq: number;
  /** Upper-case ISO code. */
  defaultCurrency: string | null;
  detailsSubmitted: boolean;
  transfersActive: boolean;
  onboardedAt: Date | null;
}

const getSql = sql('marketplace/sellers/get');
const insertSql = sql('marketplace/sellers/insert');
const setAccountSql = sql('marketplace/sellers/set-account');
const burnAccountKeySql = sql('marketplace/sellers/burn-account-key');
const recordStateSql = sql('marketplace/sellers/record-state');
const waitingSql = sql('marketplace/sellers/waiting', { replan: true });

export function getSeller(db: Connection, userId: string): Promise<Seller | null> {
  return db.oneOrNone<Seller>(getSql({ userId }));
}

/** The seller's row, made if there is none. */
export async function ensureSeller(db: Connection, userId: string): Promise<Seller> {
  const known = await getSeller(db, userId);
  if (known) return known;
  await db.oneOrNone(insertSql({ userId }));
  return db.one<Seller>(getSql({ userId }));
}

/** Gives a seller their account; false if they have one already. */
export async function setSellerAccount(db: Connection, userId: string, accountId: string): Promise<boolean> {
  return (await db.oneOrNone(setAccountSql({ userId, accountId }))) !== null;
}

/** Gives up the provider key `seq` of an account that isn't made yet. */
export async function burnAccountKey(db: Connection, userId: string, seq: number): Promise<void> {
  await db.oneOrNone(burnAccountKeySql({ userId, seq }));
}

/** Copies what the provider says of a seller's account; false if we knew it all. */
export async function recordSellerState(db: Connection, userId: string, account: ProviderAccount): Promise<boolean> {
  const { accountId, defaultCurrency, detailsSubmitted, transfersActive } = account;
  const values = { userId, accountId, defaultCurrency: defaultCurrency || null, detailsSubmitted, transfersActive };
  return (await db.oneOrNone(recordStateSql(values))) !== null;
}

/** Whether an account stands otherwise than we have it. */
export function sellerDiffers(seller: Seller, account: ProviderAccount): boolean {
  return (
    seller.transfersActive !== account.transfersActive ||
    seller.detailsSubmitted !== account.detailsSubmitted ||
    (account.defaultCurrency !== '' && seller.defaultCurrency !== account.defaultCurrency)
  );
}

/** Sellers with an account that isn't active and transfers that wait for it, by user id, from after `afterUserId` (null: the first) on. */
export async function listWaitingSellers(db: Connection, afterUserId: string | null, limit: number): Promise<string[]> {
  return (await db.any<{ userId: string }>(waitingSql({ afterUserId, limit }))).map(({ userId }) => userId);
}
