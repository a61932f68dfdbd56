import { z } from 'zod';
import { fractionOf } from './money.ts';

const cents = z.int().min(0);
const taxRate = z
  .number()
  .min(0)
  .max(1)
  .refine(rate => Number(rate.toFixed(4)) === rate, 'at most four decimals');

const party = z.strictObject({
  name: z.string().min(1).max(200),
  addressLines: z.array(z.string().max(200)).max(8),
  taxId: z.string().max(50).optional(),
  email: z.string().max(254).optional(),
});

const line = z.strictObject({
  description: z.string().min(1).max(2_000),
  detail: z.string().max(2_000).optional(),
  /** Who sold it, where the issuer invoices for several sellers. */
  sellerName: z.string().max(200).optional(),
  quantity: z.int().min(1),
  unitGrossCents: cents,
  grossCents: cents,
  taxRate,
});

const tax = z.strictObject({ rate: taxRate, netCents: cents, taxCents: cents, grossCents: cents });

/**
 * All that an invoice or a credit note prints, frozen when its number is given. Amounts are whole minor units of the
 * currency ("cents": of JPY yen, of KWD fils, as ISO 4217 counts them), prices include tax. A credit note holds what it
 * gives back as positive amounts; they are printed with a minus. Refuses a document that doesn't add up.
 */
export const invoiceDocument = z
  .strictObject({
    kind: z.enum(['invoice', 'credit_note']),
    number: z.string().min(1).max(60),
    issuedOn: z.iso.date(),
    suppliedOn: z.iso.date().optional(),
    dueOn: z.iso.date().optional(),
    /** ISO 4217. */
    currency: z.string().regex(/^[A-Z]{3}$/),
    /** BCP 47: how numbers and dates are written. The words are English. */
    locale: z.string().max(35).refine(isLocale, 'not a language tag').default('en'),
    issuer: party,
    buyer: party,
    lines: z.array(line).min(1).max(1_000),
    /** One for each rate that a line has. */
    taxes: z.array(tax).min(1).max(1_000),
    netCents: cents,
    taxCents: cents,
    grossCents: cents,
    /** The payment, of a credit note the repayment. */
    paid: z
      .strictObject({ on: z.iso.date(), method: z.string().min(1).max(60), reference: z.string().max(100) })
      .optional(),
    /** The number of the invoice that a credit note corrects. */
    corrects: z.string().min(1).max(60).optional(),
    reason: z.string().max(500).optional(),
    notes: z.array(z.string().max(2_000)).max(20).default([]),
  })
  .refine(addsUp, { error: 'the amounts do not add up', path: ['grossCents'] });

export type InvoiceDocument = z.output<typeof invoiceDocument>;
export type InvoiceLine = z.output<typeof line>;
export type InvoiceTax = z.output<typeof tax>;

export interface InvoiceTotals {
  /** By rate, the lowest first. */
  taxes: InvoiceTax[];
  netCents: number;
  taxCents: number;
  grossCents: number;
}

/**
 * The tax that lines with gross prices include. The tax of a rate is `gross × rate / (1 + rate)` of all its lines
 * together, rounded half-up to the cent, the rate taken as the decimal that it is written as. Throws `RangeError` when
 * the sum is no safe integer.
 */
export function invoiceTotals(lines: readonly Pick<InvoiceLine, 'grossCents' | 'taxRate'>[]): InvoiceTotals {
  const grossByRate = new Map<number, bigint>();
  for (const { grossCents, taxRate: rate } of lines)
    grossByRate.set(rate, (grossByRate.get(rate) ?? 0n) + BigInt(grossCents));
  const taxes = [...grossByRate]
    .sort(([a], [b]) => a - b)
    .map(([rate, gross]) => {
      const { numerator, denominator } = fractionOf(rate);
      const whole = numerator + denominator;
      const included = (2n * gross * numerator + whole) / (2n * whole);
      return { rate, netCents: toCents(gross - included), taxCents: toCents(included), grossCents: toCents(gross) };
    });
  const total = (key: keyof Amounts) => toCents(sum(taxes, key));
  return { taxes, netCents: total('netCents'), taxCents: total('taxCents'), grossCents: total('grossCents') };
}

type Amounts = Pick<InvoiceTax, 'netCents' | 'taxCents' | 'grossCents'>;

function addsUp(document: Amounts & { lines: InvoiceLine[]; taxes: InvoiceTax[] }): boolean {
  const { lines, taxes, grossCents } = document;
  return (
    [document, ...taxes].every(part => part.netCents + part.taxCents === part.grossCents) &&
    (['netCents', 'taxCents', 'grossCents'] as const).every(key => sum(taxes, key) === BigInt(document[key])) &&
    sum(lines, 'grossCents') === BigInt(grossCents)
  );
}

/** Exact, whatever it comes to. */
function sum<Key extends string>(parts: readonly Record<Key, number>[], key: Key): bigint {
  return parts.reduce((total, part) => total + BigInt(part[key]), 0n);
}

function toCents(amount: bigint): number {
  if (amount > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`too much money: ${amount}`);
  return Number(amount);
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
