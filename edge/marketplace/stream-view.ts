import { z } from 'zod';
import type { StreamRow } from '../../db/marketplace/streams.ts';
import { tagsSchema } from './tags-field.ts';

const title = z.string().trim().min(1).max(200);
const description = z.string().max(10_000);
const category = z.string().trim().max(100);

export const newStreamSchema = z.strictObject({
  title,
  description: description.default(''),
  category: category.default(''),
  tags: tagsSchema.default([]),
});
export const streamChangeSchema = z
  .strictObject({
    title: title.exactOptional(),
    description: description.exactOptional(),
    category: category.exactOptional(),
    tags: tagsSchema.exactOptional(),
  })
  .refine(change => Object.keys(change).length > 0, 'must change something');

/** A stream as everybody sees it: never with a key. */
export const streamSchema = z.strictObject({
  id: z.uuid(),
  user_id: z.uuid(),
  title: z.string(),
  description: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  is_live: z.boolean(),
  started_at: z.iso.datetime().nullable().describe('When it last went live'),
  ended_at: z.iso.datetime().nullable().describe('When it last ended; null while it is live'),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** A stream as its owner sees it. The key is one for all of a user's streams. */
export const ownStreamSchema = streamSchema.extend({ stream_key: z.string().nullable() });

export function viewStream(stream: StreamRow): z.output<typeof streamSchema> {
  return {
    id: stream.id,
    user_id: stream.userId,
    title: stream.title,
    description: stream.description,
    category: stream.category,
    tags: stream.tags,
    is_live: stream.isLive,
    started_at: stream.startedAt?.toISOString() ?? null,
    ended_at: stream.endedAt?.toISOString() ?? null,
    created_at: stream.createdAt.toISOString(),
    updated_at: stream.updatedAt.toISOString(),
  };
}
