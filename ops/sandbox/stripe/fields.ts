import type { Form } from './form.ts';
import { invalidRequest } from './refusal.ts';

const currencies = new Set(Intl.supportedValuesOf('currency').map(code => code.toLowerCase()));

/** 400 `parameter_unknown` for any parameter that the endpoint doesn't take. `expand` is taken everywhere and changes nothing here. */
export function allowOnly(form: Form, names: readonly string[]): void {
  for (const name of Object.keys(form)) {
    if (name === 'expand' || names.includes(name)) continue;
    throw invalidRequest(`Received unknown parameter: ${name}`, 'parameter_unknown', name);
  }
}

/** The string under `name`, or undefined. An empty string is refused, as Stripe does where it can't mean "unset". */
export function readText(form: Form, name: string): string | undefined {
  const value = form[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalidRequest(`Invalid string: ${name}`, 'parameter_invalid_string', name);
  if (value === '') {
    throw invalidRequest(`You passed an empty string for '${name}'.`, 'parameter_invalid_empty', name);
  }
  return value;
}

/** As `readText`, but 400 `parameter_missing` without it. */
export function requireText(form: Form, name: string): string {
  const value = readText(form, name);
  if (value === undefined) throw invalidRequest(`Missing required param: ${name}.`, 'parameter_missing', name);
  return value;
}

/** A whole number in minor units of at least 1, or undefined. The upper bound is Stripe's twelve digits. */
export function readAmountCents(form: Form): number | undefined {
  const text = readText(form, 'amount');
  if (text === undefined) return undefined;
  if (!/^-?\d{1,12}$/.test(text))
    throw invalidRequest(`Invalid integer: ${text}`, 'parameter_invalid_integer', 'amount');
  const amountCents = Number(text);
  if (amountCents < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', 'parameter_invalid_integer', 'amount');
  }
  return amountCents;
}

/** As `readAmountCents`, but 400 `parameter_missing` without it. */
export function requireAmountCents(form: Form): number {
  const amountCents = readAmountCents(form);
  if (amountCents === undefined) throw invalidRequest('Missing required param: amount.', 'parameter_missing', 'amount');
  return amountCents;
}

/** The ISO code in lower case, as Stripe answers it whatever the case it was sent in. */
export function requireCurrency(form: Form): string {
  const text = requireText(form, 'currency');
  const currency = text.toLowerCase();
  if (!currencies.has(currency)) throw invalidRequest(`Invalid currency: ${text}`, 'parameter_invalid', 'currency');
  return currency;
}

/** An absolute http or https address. */
export function requireUrl(form: Form, name: string): string {
  const text = requireText(form, name);
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text))
    throw invalidRequest('Not a valid URL', 'url_invalid', name);
  return text;
}

/**
 * Metadata as it stands after this request: an empty value unsets its name, an empty `metadata` unsets all.
 * Stripe's bounds: 50 names of at most 40 characters, values of at most 500.
 */
export function mergeMetadata(current: Record<string, string>, form: Form): Record<string, string> {
  const given = form['metadata'];
  if (given === undefined) return current;
  if (typeof given === 'string') {
    if (given === '') return {};
    throw invalidRequest('Invalid metadata: must be a hash', 'parameter_invalid', 'metadata');
  }
  const merged = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string' || name.length > 40 || value.length > 500) {
      throw invalidRequest(
        `Metadata names have at most 40 characters, values 500: ${name}`,
        'parameter_invalid',
        'metadata',
      );
    }
    if (value === '') merged.delete(name);
    else merged.set(name, value);
  }
  if (merged.size > 50) {
    throw invalidRequest('Metadata can have at most 50 keys.', 'parameter_invalid', 'metadata');
  }
  return Object.fromEntries(merged);
}
