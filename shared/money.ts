/** A seller's sale, divided. All amounts in cents; the two parts add up to the gross. */
export interface Split {
  netCents: number;
  feeCents: number;
}

/**
 * The platform's fee: `feeRate × grossCents`, rounded half-up to the cent. The rate is taken as the decimal that it was
 * written as (0.1 is exactly a tenth), so no binary fraction ever decides a cent. Throws `RangeError` for an amount that
 * isn't a whole number ≥ 0 or a rate outside 0 … 1.
 */
export function splitGross(grossCents: number, feeRate: number): Split {
  if (!Number.isSafeInteger(grossCents) || grossCents < 0)
    throw new RangeError(`not an amount in cents: ${grossCents}`);
  if (!(feeRate >= 0 && feeRate <= 1)) throw new RangeError(`not a rate from 0 to 1: ${feeRate}`);
  const { numerator, denominator } = fractionOf(feeRate);
  const feeCents = Number((2n * BigInt(grossCents) * numerator + denominator) / (2n * denominator));
  return { netCents: grossCents - feeCents, feeCents };
}

/** The shortest decimal that names a double, as a fraction: 0.075 → 75 / 1000, 1e-7 → 1 / 10^7. */
export function fractionOf(rate: number): { numerator: bigint; denominator: bigint } {
  const [digits = '0', exponent = '0'] = String(rate).split('e');
  const [whole = '0', decimals = ''] = digits.split('.');
  const places = decimals.length - Number(exponent); // the exponent of a rate is never positive
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(places) };
}

// Every currency has two decimals but these. Not asked of Intl, whose digits are those that are in daily use: it writes
// HUF and PKR without any, although their amounts are counted in hundredths.
const minorDigits = new Map<string, number>();
for (const code of 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '))
  minorDigits.set(code, 0);
for (const code of 'BHD IQD JOD KWD LYD OMR TND'.split(' ')) minorDigits.set(code, 3);
for (const code of 'CLF UYW'.split(' ')) minorDigits.set(code, 4);

/** How many decimals an amount in minor units has (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigitsOf(currency: string): number {
  return minorDigits.get(currency) ?? 2;
}

/**
 * An amount as people write it, in minor units, exactly: "320.10" of EUR → 32010. Null for what is no amount of the currency:
 * more decimals than it has (zeros don't count), or more than can be counted.
 */
export function toMinorUnits(amount: string, currency: string): number | null {
  const digits = minorDigitsOf(currency);
  const [, whole = '', decimals = ''] = /^(\d+)(?:\.(\d*?)0*)?$/.exec(amount) ?? [];
  if (whole === '' || decimals.length > digits) return null;
  const units = Number(whole + decimals.padEnd(digits, '0'));
  return Number.isSafeInteger(units) ? units : null;
}
