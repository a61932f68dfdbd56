import { z } from 'zod';

const wholeNumber = z.string().regex(/^\d{1,7}$/, 'must be a whole number');

/** `limit` and `offset` of the marketplace's lists. */
export const pageQuery = {
  limit: wholeNumber.transform(Number).pipe(z.int().min(1).max(100)).default(20).describe('How many at most, 1 to 100'),
  offset: wholeNumber.transform(Number).default(0).describe('How many to leave out'),
};
