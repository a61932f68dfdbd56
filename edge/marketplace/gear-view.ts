import { z } from 'zod';
import type { GearFields, GearRow } from '../../db/marketplace/gear.ts';
import { Fault } from '../../shared/fault.ts';
import { utcDay, warrantyStatus, warrantyStatuses } from '../../shared/warranty.ts';
import { daySchema } from './day.ts';

/** One billion units of a currency: more than anything here costs. */
export const maxAmountCents = 100_000_000_000;
export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters, as in EUR');

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().optional();
/** Empty says the same as null. */
export const textSchema = (maxLength: number) =>
  z
    .string()
    .trim()
    .max(maxLength)
    .transform(text => (text === '' ? null : text));

const name = z.string().trim().min(1).max(200);
const optionalFields = {
  category: optional(textSchema(100)),
  brand: optional(textSchema(100)),
  model: optional(textSchema(100)),
  serial_number: optional(textSchema(100)),
  purchase_date: optional(daySchema),
  purchase_price_cents: optional(z.int().min(0).max(maxAmountCents)),
  currency: optional(currencySchema),
  warranty_expires_at: optional(daySchema).describe('The last day that the warranty covers'),
  notes: optional(textSchema(10_000)),
};

export const newGearSchema = z.strictObject({ name, ...optionalFields });
export const gearChangeSchema = z
  .strictObject({ name: name.optional(), ...optionalFields })
  .refine(change => Object.keys(change).length > 0, 'must change something');

export const gearSchema = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  category: z.string().nullable(),
  brand: z.string().nullable(),
  model: z.string().nullable(),
  serial_number: z.string().nullable(),
  purchase_date: z.iso.date().nullable(),
  purchase_price_cents: z.int().nullable(),
  currency: z.string().nullable(),
  warranty_expires_at: z.iso.date().nullable().describe('The last day that the warranty covers'),
  warranty_status: z.enum(warrantyStatuses).describe('`expiring` within its last 30 days, by the date in UTC'),
  notes: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** The fields as a body makes them: what it leaves out stays as before. Throws `Fault('invalid')` for a price without a currency. */
export function changeGear(
  body: z.output<typeof newGearSchema> | z.output<typeof gearChangeSchema>,
  before: GearFields = blankGear,
): GearFields {
  const after: GearFields = {
    name: orBefore(body.name, before.name),
    category: orBefore(body.category, before.category),
    brand: orBefore(body.brand, before.brand),
    model: orBefore(body.model, before.model),
    serialNumber: orBefore(body.serial_number, before.serialNumber),
    purchaseDate: orBefore(body.purchase_date, before.purchaseDate),
    purchasePriceCents: orBefore(body.purchase_price_cents, before.purchasePriceCents),
    currency: orBefore(body.currency, before.currency),
    warrantyExpiresAt: orBefore(body.warranty_expires_at, before.warrantyExpiresAt),
    notes: orBefore(body.notes, before.notes),
  };
  if (after.purchasePriceCents !== null && after.currency === null) {
    const message = 'must be given with purchase_price_cents';
    throw new Fault('invalid', `Invalid body: currency: ${message}`, {
      details: { issues: [{ in: 'body', path: 'currency', message }] },
    });
  }
  return after;
}

const blankGear: GearFields = {
  name: '',
  category: null,
  brand: null,
  model: null,
  serialNumber: null,
  purchaseDate: null,
  purchasePriceCents: null,
  currency: null,
  warrantyExpiresAt: null,
  notes: null,
};

function orBefore<T>(sent: T | undefined, before: T): T {
  return sent === undefined ? before : sent;
}

export function viewGear(gear: GearRow): z.output<typeof gearSchema> {
  return {
    id: gear.id,
    name: gear.name,
    category: gear.category,
    brand: gear.brand,
    model: gear.model,
    serial_number: gear.serialNumber,
    purchase_date: gear.purchaseDate,
    purchase_price_cents: gear.purchasePriceCents,
    currency: gear.currency,
    warranty_expires_at: gear.warrantyExpiresAt,
    warranty_status: warrantyStatus(gear.warrantyExpiresAt, utcDay(new Date())),
    notes: gear.notes,
    created_at: gear.createdAt.toISOString(),
    updated_at: gear.updatedAt.toISOString(),
  };
}
