import { z } from 'zod';

/** ISO-8601 in UTC with microseconds: what `since` takes back verbatim. */
export const instantSchema = z.iso.datetime({ precision: 6 });

/**
 * A moment in a query. A cursor of ours as it was given, or any ISO-8601 instant; of more than six decimals the rest is cut off,
 * which may show a change again but never skips one.
 */
export const instantParameter = z.iso
  .datetime({ offset: true })
  .transform(text => text.replace(/(\.\d{6})\d+/, '$1'))
  .refine(text => Number(text.slice(0, 4)) > 0, 'there is no year 0')
  .optional();
