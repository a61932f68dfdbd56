import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { minorDigitsOf } from '../../shared/money.ts';
import { isCovered } from './printable.ts';

/** How one document writes its numbers. */
export interface Figures {
  /** A price alone, never negative: 1,234.50. */
  price: (cents: number) => string;
  /** An amount alone: −1,234.50. */
  amount: (cents: number) => string;
  /** An amount with its currency's code, which no font lacks and nobody mistakes: EUR 1,234.50. */
  money: (cents: number) => string;
  quantity: (quantity: number) => string;
  /** 0.075 → 7.5%. */
  rate: (rate: number) => string;
  /** 2026-03-05 → March 5, 2026. */
  date: (day: string) => string;
}

const remembered = new Map<string, Figures>();
const maxRemembered = 100;

/** The figures of a document in its own locale and currency; a credit note's amounts are negative. */
export function figuresOf({ kind, locale, currency }: InvoiceDocument): Figures {
  const key = `${kind} ${locale} ${currency}`;
  let figures = remembered.get(key);
  if (!figures) {
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, (figures = makeFigures(kind, locale, currency)));
  }
  return figures;
}

function makeFigures(kind: InvoiceDocument['kind'], locale: string, currency: string): Figures {
  // Digits that the fonts have, whatever the locale's own are.
  const numberingSystem = 'latn';
  const digits = minorDigitsOf(currency);
  const decimals = { numberingSystem, minimumFractionDigits: digits, maximumFractionDigits: digits };
  const amount = new Intl.NumberFormat(locale, decimals);
  const money = new Intl.NumberFormat(locale, { ...decimals, style: 'currency', currency, currencyDisplay: 'code' });
  const quantity = new Intl.NumberFormat(locale, { numberingSystem });
  const rate = new Intl.NumberFormat(locale, { numberingSystem, style: 'percent', maximumFractionDigits: 2 });
  const date = new Intl.DateTimeFormat(locale, {
    numberingSystem,
    calendar: 'gregory',
    dateStyle: 'long',
    timeZone: 'UTC',
  });
  const sign = kind === 'credit_note' ? '-' : '';
  // As text: a double has no room for the cents of the largest amounts.
  const decimal = (cents: number) => `${cents}e-${digits}` as `${number}`;
  const signed = (cents: number) => (cents === 0 ? '0' : (`${sign}${decimal(cents)}` as `${number}`));
  const minus = (text: string) => text.replace('-', '\u2212');
  return {
    price: cents => amount.format(decimal(cents)),
    amount: cents => minus(amount.format(signed(cents))),
    money: cents => minus(money.format(signed(cents))),
    quantity: count => quantity.format(count),
    rate: share => rate.format(share),
    date: day => {
      const text = date.format(Date.parse(day));
      return isCovered(text) ? text : day;
    },
  };
}
