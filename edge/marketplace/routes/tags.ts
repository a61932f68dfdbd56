import { z } from 'zod';
import { suggestTags } from '../../../db/marketplace/tags.ts';
import { defineRoute, type Route } from '../../route.ts';

const suggest = defineRoute({
  method: 'GET',
  path: '/api/v1/tags/suggest',
  summary: 'Tags that begin like this',
  description:
    'Case, punctuation and spaces don’t matter: `hip` finds `hip-hop` and `hiphop`. The most used come first.',
  roles: ['marketplace:user'],
  idempotency: 'none',
  bare: true,
  query: z.object({
    q: z.string().max(200).describe('What was typed so far'),
    limit: z
      .string()
      .regex(/^\d{1,2}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.int().min(1).max(50))
      .default(10)
      .describe('How many at most, 1 to 50'),
  }),
  response: { 200: z.strictObject({ suggestions: z.array(z.string()) }) },
  async handler({ db, query: { q, limit } }) {
    return { status: 200, body: { suggestions: await suggestTags(db, q, limit) } };
  },
});

export const tagRoutes: readonly Route[] = [suggest];
