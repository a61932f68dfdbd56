import { z } from 'zod';
import { Fault } from '../shared/fault.ts';

/** `limit` and `cursor` of a keyset-paged list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20)
    .describe('How many at most, 1 to 100'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before'),
};

/** A moment in a cursor, of the years that lists are of: of a forged one with another year or a thousand decimals Postgres makes nothing. */
export const cursorMoment = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine(text => text >= '2000' && text < '2200');

/** An opaque place in a list: the sort key of the last item that was shown. */
export function makeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key in a cursor; null without one. Throws `Fault('invalid')` for a text that no list has handed out. */
export function readCursor<Key>(cursor: string | undefined, schema: z.ZodType<Key>): Key | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new Fault('invalid', 'The cursor is not one of ours.', { reason: 'INVALID_CURSOR' });
  }
}

/** One more row than a page holds was read: the page, and the cursor of the next one if that row was there. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
): { page: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page[page.length - 1];
  return { page, nextCursor: rows.length > limit && last !== undefined ? makeCursor(keyOf(last)) : null };
}
