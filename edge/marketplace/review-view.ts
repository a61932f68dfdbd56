import { z } from 'zod';
import type { ReviewRow } from '../../db/marketplace/reviews.ts';

const rating = z.int().min(1).max(5);

export const newReviewSchema = z.strictObject({ rating, comment: z.string().max(5_000).default('') });

export const reviewSchema = z.strictObject({
  id: z.uuid(),
  product_id: z.uuid(),
  buyer_id: z.uuid(),
  order_id: z.uuid(),
  rating,
  comment: z.string(),
  created_at: z.iso.datetime(),
});

export function viewReview(review: ReviewRow): z.output<typeof reviewSchema> {
  return {
    id: review.id,
    product_id: review.productId,
    buyer_id: review.buyerId,
    order_id: review.orderId,
    rating: review.rating,
    comment: review.comment,
    created_at: review.createdAt.toISOString(),
  };
}
