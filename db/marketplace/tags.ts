import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

const countSql = sql('marketplace/tags/count');
const suggestSql = sql('marketplace/tags/suggest');

/**
 * A tag as it is looked for: without case, punctuation and spaces, so that "Hip-Hop" and "hip hop" are both "hiphop". Letters and digits of every
 * script stay, and symbols too: "c++" is not "c".
 */
export function normalizeTag(tag: string): string {
  return tag
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{Z}\p{C}]/gu, '');
}

/**
 * Counts the uses of tags by what one thing gained and lost; what it has before and after doesn't count. Call it once, in the transaction that
 * writes the thing, and last: it holds the tags' rows until the commit.
 */
export async function countTags(
  tx: Transaction,
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
): Promise<void> {
  const change = new Map<string, number>();
  for (const name of new Set(added)) change.set(name, 1);
  for (const name of new Set(removed)) change.set(name, (change.get(name) ?? 0) - 1);
  const changed = [...change].filter(([, by]) => by !== 0);
  if (changed.length === 0) return;
  const names = changed.map(([name]) => name);
  await tx.any(countSql({ names, normalized: names.map(normalizeTag), changes: changed.map(([, by]) => by) }));
}

/** The most used tags that begin with `prefix`, whatever the case, punctuation and spaces of both; none for a prefix of nothing else. */
export async function suggestTags(db: Connection, prefix: string, limit: number): Promise<string[]> {
  const normalized = normalizeTag(prefix);
  if (normalized === '') return [];
  const tags = await db.any<{ name: string }>(suggestSql({ prefix: normalized, limit }));
  return tags.map(({ name }) => name);
}
