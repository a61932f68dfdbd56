import { z } from 'zod';

/** One setting: its environment variable, what it may be, what it means. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  env: string;
  schema: Schema;
  secret?: boolean;
  summary: string;
}

export const flag = z.enum(['true', 'false', '1', '0']).transform(text => text === 'true' || text === '1');
export const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const list = z.string().transform(text =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== ''),
);
export const port = integer(0, 65_535);
export const secretList = list.refine(
  parts => parts.length > 0 && parts.every(part => part.length >= 32),
  'needs at least one secret of 32 characters or more',
);

/** One entry of the lists of settings. */
export function setting<Schema extends z.ZodType>(
  env: string,
  schema: Schema,
  summary: string,
  secret = false,
): Setting<Schema> {
  return { env, schema, summary, secret };
}
