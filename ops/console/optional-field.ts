import { z } from 'zod';

/** A field of a filter: browsers send what was left empty as an empty text, and people paste with blanks around. */
export function optionalField<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(sent => (typeof sent === 'string' ? sent.trim() || undefined : sent), schema.optional());
}

/** A page's address with these parameters; what is undefined stays out. */
export function addressOf(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return text === '' ? path : `${path}?${text}`;
}
