import { z } from 'zod';
import type { GearRepairRow, NewGearRepair } from '../../db/marketplace/gear-repairs.ts';
import { addDays, utcDay } from '../../shared/warranty.ts';
import { daySchema } from './day.ts';
import { currencySchema, maxAmountCents, textSchema } from './gear-view.ts';

export const newGearRepairSchema = z.strictObject({
  // Tomorrow by UTC is today somewhere.
  repair_date: daySchema.refine(day => day <= addDays(utcDay(new Date()), 1), 'must not be in the future'),
  description: z.string().trim().min(1).max(5_000),
  cost_cents: z.int().min(0).max(maxAmountCents),
  currency: currencySchema,
  provider: textSchema(200).nullable().optional().describe('Who repaired it'),
});

export const gearRepairSchema = z.strictObject({
  id: z.uuid(),
  gear_id: z.uuid(),
  repair_date: z.iso.date(),
  description: z.string(),
  cost_cents: z.int(),
  currency: z.string(),
  provider: z.string().nullable(),
  created_at: z.iso.datetime(),
});

export function readGearRepair(body: z.output<typeof newGearRepairSchema>): NewGearRepair {
  const { repair_date: repairDate, description, cost_cents: costCents, currency, provider = null } = body;
  return { repairDate, description, costCents, currency, provider };
}

export function viewGearRepair(repair: GearRepairRow): z.output<typeof gearRepairSchema> {
  return {
    id: repair.id,
    gear_id: repair.gearId,
    repair_date: repair.repairDate,
    description: repair.description,
    cost_cents: repair.costCents,
    currency: repair.currency,
    provider: repair.provider,
    created_at: repair.createdAt.toISOString(),
  };
}
