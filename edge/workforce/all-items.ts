import { z } from 'zod';

/** A list that is short by its nature: it is answered whole. */
export function allItemsSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.null() });
}

export function allItems<Item>(items: Item[]): { items: Item[]; nextCursor: null } {
  return { items, nextCursor: null };
}
