import { z } from 'zod';
import { utcDay } from '../../shared/warranty.ts';

/** A date of the calendar, `yyyy-mm-dd`. Clients may send a moment: its UTC date counts. */
export const daySchema = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform(text => utcDay(new Date(text)))
  .refine(day => day >= '1900-01-01' && day < '2200-01-01', 'must be a date from 1900 to 2199')
  .describe('A date; of a moment, its date in UTC');
