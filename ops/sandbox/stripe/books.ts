import type { Balance, Rows } from './rows.ts';
import { platform } from './rows.ts';
import type { Store } from '../store.ts';

/** Sums over all money in one currency. `balanced`: what is there is what was supplied, and what moved is what the transfers say. */
export interface Books {
  currency: string;
  suppliedCents: number;
  platformCents: number;
  connectedCents: number;
  transferredCents: number;
  reversedCents: number;
  balanced: boolean;
}

/** The balance of `owner` (`platform` or an account id), zero if nothing ever moved there. */
export function readBalance(store: Store<Rows>, owner: string, currency: string): Balance {
  const none = { owner, currency, available: 0, pending: 0, supplied: 0 };
  return store.get('balances', `${owner} ${currency}`) ?? none;
}

/** Moves money between two owners, whole minor units. The caller has checked that `from` covers it. */
export function moveMoney(store: Store<Rows>, from: string, to: string, currency: string, amountCents: number): void {
  change(store, from, currency, { availableCents: -amountCents });
  change(store, to, currency, { availableCents: amountCents });
}

/** Money from outside: a top-up, or the operator who sets a balance (then the amount may be negative). */
export function supplyMoney(store: Store<Rows>, owner: string, currency: string, amountCents: number): void {
  change(store, owner, currency, { availableCents: amountCents, suppliedCents: amountCents });
}

/** Sets the pending amount, which is only for show: nothing becomes available by itself here, and the books leave it out. */
export function setPending(store: Store<Rows>, owner: string, currency: string, pendingCents: number): void {
  store.put('balances', `${owner} ${currency}`, { ...readBalance(store, owner, currency), pending: pendingCents });
}

function change(
  store: Store<Rows>,
  owner: string,
  currency: string,
  by: { availableCents: number; suppliedCents?: number },
): void {
  const balance = readBalance(store, owner, currency);
  store.put('balances', `${owner} ${currency}`, {
    ...balance,
    available: balance.available + by.availableCents,
    supplied: balance.supplied + (by.suppliedCents ?? 0),
  });
}

/** The books of every currency that was ever used. */
export function sumBooks(store: Store<Rows>): Books[] {
  const books = new Map<string, Books>();
  for (const balance of store.all('balances')) {
    const book = bookOf(books, balance.currency);
    book.suppliedCents += balance.supplied;
    if (balance.owner === platform) book.platformCents += balance.available;
    else book.connectedCents += balance.available;
  }
  // Per account too: what it holds is what it was sent, less what was taken back, plus what came from outside.
  const owed = new Map<string, number>();
  const owe = (owner: string, currency: string, amountCents: number): void => {
    owed.set(`${owner} ${currency}`, (owed.get(`${owner} ${currency}`) ?? 0) + amountCents);
  };
  for (const transfer of store.all('transfers')) {
    bookOf(books, transfer.currency).transferredCents += transfer.amount;
    owe(transfer.destination, transfer.currency, transfer.amount);
    owe(platform, transfer.currency, -transfer.amount);
  }
  for (const reversal of store.all('reversals')) {
    bookOf(books, reversal.currency).reversedCents += reversal.amount;
    const destination = store.get('transfers', reversal.transfer)?.destination ?? '';
    owe(destination, reversal.currency, -reversal.amount);
    owe(platform, reversal.currency, reversal.amount);
  }
  for (const balance of store.all('balances')) {
    const expected = (owed.get(`${balance.owner} ${balance.currency}`) ?? 0) + balance.supplied;
    if (expected !== balance.available) bookOf(books, balance.currency).balanced = false;
  }
  for (const book of books.values()) {
    if (book.platformCents + book.connectedCents !== book.suppliedCents) book.balanced = false;
  }
  return [...books.values()];
}

function bookOf(books: Map<string, Books>, currency: string): Books {
  const book = books.get(currency) ?? {
    currency,
    suppliedCents: 0,
    platformCents: 0,
    connectedCents: 0,
    transferredCents: 0,
    reversedCents: 0,
    balanced: true,
  };
  books.set(currency, book);
  return book;
}
