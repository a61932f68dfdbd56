import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

export interface NewReview {
  productId: string;
  buyerId: string;
  /** The order that lets its buyer speak. */
  orderId: string;
  /** 1 to 5. */
  rating: number;
  comment: string;
}

export interface ReviewRow extends NewReview {
  id: string;
  createdAt: Date;
}

const listSql = sql('marketplace/reviews/list');
const insertSql = sql('marketplace/reviews/insert');
const purchaseSql = sql('marketplace/reviews/purchase');

/** A product's reviews, newest first. */
export function listReviews(
  db: Connection,
  productId: string,
  page: { limit: number; offset: number },
): Promise<ReviewRow[]> {
  return db.any<ReviewRow>(listSql({ productId, ...page }));
}

/** Null if the buyer has reviewed the product already. */
export function insertReview(db: Connection, review: NewReview): Promise<ReviewRow | null> {
  return db.oneOrNone<ReviewRow>(insertSql({ ...review, id: uuidV7() }));
}

/** The newest completed order of a buyer with a product in it; null if there is none. */
export function findPurchase(
  db: Connection,
  purchase: { buyerId: string; productId: string },
): Promise<{ id: string } | null> {
  return db.oneOrNone<{ id: string }>(purchaseSql(purchase));
}
