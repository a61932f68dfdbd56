import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql, type Statement } from '../sql.ts';
import { countTags } from './tags.ts';

/** What a seller says of a product. */
export interface ProductFields {
  title: string;
  description: string;
  /** Gross, of one. */
  priceCents: number;
  currency: string;
  type: string;
  tags: string[];
  /** Contained in the price: 0.23 is 23 %. At most four decimals. */
  taxRate: number;
}

export interface ProductRow extends ProductFields {
  id: string;
  sellerId: string;
  sellerUsername: string;
  createdAt: Date;
  updatedAt: Date;
}

export const productSorts = ['newest', 'price_asc', 'price_desc', 'title'] as const;
export type ProductSort = (typeof productSorts)[number];

/**
 * The first half per cent of the matches lie among about as small a part of all products, in any order: going through
 * those is quicker than gathering every match. Where they don't, it is given up after so many products.
 */
const nearShare = 0.005;
const reach = 5_000;

const insertSql = sql('marketplace/products/insert');
const lockSql = sql('marketplace/products/lock');
const updateSql = sql('marketplace/products/update');
const findSql = sql('marketplace/products/find');
const countSql = sql('marketplace/products/count', { replan: true });
const pageSql = sql('marketplace/products/page', { replan: true });
const searchPageSql = sql('marketplace/products/search-page', { replan: true });

/** Makes a product, and counts its tags. */
export async function insertProduct(tx: Transaction, sellerId: string, fields: ProductFields): Promise<ProductRow> {
  const id = uuidV7();
  await tx.one(insertSql({ ...fields, id, sellerId }));
  const product = await writtenProduct(tx, id);
  await countTags(tx, { added: fields.tags, removed: [] });
  return product;
}

/** Changes the fields that are given, and counts the tags that come and go. Null if the seller has no such product. */
export async function updateProduct(
  tx: Transaction,
  owned: { id: string; sellerId: string },
  change: Partial<ProductFields>,
): Promise<ProductRow | null> {
  const before = await tx.oneOrNone<ProductFields>(lockSql(owned));
  if (!before) return null;
  const after = { ...before, ...change };
  await tx.one(updateSql({ ...after, ...owned }));
  const product = await writtenProduct(tx, owned.id);
  await countTags(tx, { added: after.tags, removed: before.tags });
  return product;
}

export async function getProduct(db: Connection, id: string): Promise<ProductRow | null> {
  const [product] = await findProducts(db, [id]);
  return product ?? null;
}

/**
 * A page of all products, or of those that match a search (see `marketplace.product_query` for its syntax), with the exact
 * number of all that match. Equal prices and titles: oldest first, going up; newest first, going down.
 */
export async function listProducts(
  db: Connection,
  { search, sort }: { search: string | null; sort: ProductSort },
  page: { limit: number; offset: number },
): Promise<{ products: ProductRow[]; total: number }> {
  const { total } = await db.one<{ total: number }>(countSql({ search }));
  if (page.offset >= total) return { products: [], total };
  const ids = await findIds(db, { search, sort, ...page }, total);
  return { products: await findProducts(db, ids), total };
}

async function findIds(
  db: Connection,
  order: { search: string | null; sort: ProductSort; limit: number; offset: number },
  total: number,
): Promise<string[]> {
  const idsOf = (statement: Statement) => db.map<string>(statement, undefined, ({ id }: { id: string }) => id);
  const end = Math.min(order.offset + order.limit, total);
  if (order.search === null) return idsOf(pageSql({ ...order, reach: end }));
  if (end <= total * nearShare) {
    const near = await idsOf(pageSql({ ...order, reach }));
    if (near.length >= end - order.offset) return near;
  }
  return idsOf(searchPageSql(order));
}

function findProducts(db: Connection, ids: readonly string[]): Promise<ProductRow[]> {
  return db.any<ProductRow>(findSql({ ids }));
}

async function writtenProduct(tx: Transaction, id: string): Promise<ProductRow> {
  const product = await getProduct(tx, id);
  if (!product) throw new Error('a product that was just written is gone');
  return product;
}
