import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * A phone number as people write it, in E.164: `(415) 555-0100` in US → `+14155550100`. Null for what can't be one.
 * @param country where a number without a country code is taken to be, as ISO 3166 has it: `US`.
 */
export function toE164(text: string, country: string): string | null {
  const place = isSupportedCountry(country) ? { defaultCountry: country } : {};
  const number = parsePhoneNumberFromString(text, { ...place, extract: false });
  return number?.isPossible() ? number.number : null;
}
