import { z } from 'zod';
import type { BusinessKey } from '../../db/workforce/business-key.ts';
import type { IdPage } from '../../db/workforce/directory.ts';
import type { Actor } from '../actor.ts';
import { pageOf, pageQuery, readCursor } from '../page-cursor.ts';
import type { Reply } from '../route.ts';
import { clientActor } from './actor.ts';

/** What all reads of clients have in common. */
export const clientRead = {
  method: 'GET',
  roles: ['workforce:client', 'workforce:admin'],
  idempotency: 'none',
} as const;

/** Whose data a client's request is about. Throws `Fault('forbidden')` for somebody who acts for no business. */
export function businessKeyOf(actor: Actor | null): BusinessKey {
  const { tenant: tenantId, businessId } = clientActor(actor);
  return { tenantId, businessId };
}

export const listQuery = z.object(pageQuery);
type ListQuery = z.output<typeof listQuery>;

export function listSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

const idCursor = z.tuple([z.uuid()]);

/** The page of a list by id that is asked for, and one row more. */
export function idPage({ cursor, limit }: ListQuery): IdPage {
  return { afterId: readCursor(cursor, idCursor)?.[0] ?? null, limit: limit + 1 };
}

export function answerIdList<Row extends { id: string }>(
  rows: readonly Row[],
  { limit }: ListQuery,
  view: (row: Row) => unknown,
): Reply {
  const { page, nextCursor } = pageOf(rows, limit, ({ id }) => [id]);
  return { status: 200, body: { items: page.map(view), nextCursor } };
}
