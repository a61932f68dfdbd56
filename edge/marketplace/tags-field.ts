import { z } from 'zod';

const tagSchema = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^\P{Cc}*$/u, 'must hold no control characters');

/** The tags of one thing, as they are written; one that is written twice counts once. */
export const tagsSchema = z
  .array(tagSchema)
  .max(20)
  .transform(tags => [...new Set(tags)]);
