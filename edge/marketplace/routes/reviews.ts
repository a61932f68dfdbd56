import { z } from 'zod';
import type { Connection } from '../../../db/connect.ts';
import { getProduct, type ProductRow } from '../../../db/marketplace/products.ts';
import { findPurchase, insertReview, listReviews } from '../../../db/marketplace/reviews.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageQuery } from '../page-query.ts';
import { newReviewSchema, reviewSchema, viewReview } from '../review-view.ts';

const path = '/api/v1/marketplace/products/:id/reviews';
const params = z.object({ id: z.uuid() });

const list = defineRoute({
  method: 'GET',
  path,
  summary: 'Reviews of a product',
  description: 'Newest first.',
  roles: 'public',
  idempotency: 'none',
  params,
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ reviews: z.array(reviewSchema) }) },
  async handler({ db, params: { id }, query }) {
    const reviews = await listReviews(db, id, query);
    if (reviews.length === 0) await knownProduct(db, id);
    return { status: 200, body: { reviews: reviews.map(viewReview) } };
  },
});

const add = defineRoute({
  method: 'POST',
  path,
  summary: 'Review a product that one has bought',
  description: 'Once. It needs a completed order with the product.',
  roles: ['marketplace:user'],
  idempotency: 'honoured',
  params,
  body: newReviewSchema,
  response: { 201: reviewSchema },
  async handler({ actor, body, db, params: { id: productId } }) {
    const buyerId = actor!.id;
    const { sellerId } = await knownProduct(db, productId);
    if (sellerId === buyerId)
      throw new Fault('forbidden', 'You cannot review your own product.', { reason: 'own_product' });
    const purchase = await findPurchase(db, { buyerId, productId });
    if (!purchase) throw new Fault('forbidden', 'You have not bought this product.', { reason: 'not_bought' });
    const review = await insertReview(db, { productId, buyerId, orderId: purchase.id, ...body });
    if (!review) throw new Fault('conflict', 'You have reviewed this product already.', { reason: 'already_reviewed' });
    return { status: 201, body: viewReview(review) };
  },
});

async function knownProduct(db: Connection, id: string): Promise<ProductRow> {
  const product = await getProduct(db, id);
  if (!product) throw new Fault('not_found', 'There is no such product.');
  return product;
}

export const reviewRoutes: readonly Route[] = [list, add];
