import { z } from 'zod';
import { type TaxFormRow, type TaxFormType, taxFormTypes } from '../../db/workforce/tax-forms.ts';
import { Fault } from '../../shared/fault.ts';

const nationalIdSchema = z
  .string()
  .transform(text => text.replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^[A-Za-z0-9]{8,20}$/, 'must be 8 to 20 letters and digits'));

/** Answers to a form's questions; not the national id, which has a place of its own. */
const fieldsSchema = z
  .record(z.string().min(1).max(100), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .refine(fields => Object.keys(fields).length <= 100, 'has too many fields');

export const taxFormBody = z.strictObject({
  fields: fieldsSchema.optional(),
  nationalId: nationalIdSchema.optional().describe('Stored encrypted; only its last four characters are answered'),
});

export const taxFormTypeSchema = z
  .string()
  .transform(text => text.toUpperCase().replace('-', ''))
  .pipe(z.enum(taxFormTypes));

export const taxFormSchema = z.strictObject({
  formType: z.enum(taxFormTypes),
  status: z.enum(['NOT_STARTED', 'DRAFT', 'SUBMITTED']),
  fields: z.record(z.string(), z.unknown()),
  nationalIdMasked: z.string().nullable(),
  submittedAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime().nullable(),
});

/** Names under which apps send a national id among the fields of a form, without case and marks. */
const nationalIdNames = ['nationalid', 'ssn', 'socialsecuritynumber', 'socialsecurity', 'taxpayerid', 'itin'];

/**
 * A form's fields without the national id, and that. Throws `Fault('invalid')` for one that is none, and for a field of any
 * other name that looks like one: nothing of the kind is ever stored in the clear.
 */
export function splitTaxForm({ fields, nationalId }: z.output<typeof taxFormBody>): {
  fields: Record<string, unknown> | null;
  nationalId: string | null;
} {
  if (fields === undefined) return { fields: null, nationalId: nationalId ?? null };
  const isId = ([name]: [string, unknown]) => nationalIdNames.includes(name.toLowerCase().replace(/[^a-z]/g, ''));
  const entries = Object.entries(fields);
  const rest = entries.filter(entry => !isId(entry));
  const among = entries.find(entry => isId(entry) && entry[1] !== null && entry[1] !== '')?.[1];
  const found = among === undefined ? undefined : nationalIdSchema.safeParse(String(among));
  if (found?.success === false) throw invalidId('The national id is none.');
  const id = nationalId ?? found?.data ?? null;
  if (rest.some(([, value]) => looksLikeId(value, id)))
    throw invalidId('A national id belongs in the field nationalId, and nowhere else.');
  return { fields: Object.fromEntries(rest), nationalId: id };
}

function looksLikeId(value: unknown, nationalId: string | null): boolean {
  const text = String(value);
  return /\b\d{3}-\d{2}-\d{4}\b/.test(text) || (nationalId !== null && text.replace(/[\s-]/g, '').includes(nationalId));
}

function invalidId(message: string): Fault {
  return new Fault('invalid', message, { reason: 'INVALID_NATIONAL_ID' });
}

export function viewTaxForm(row: TaxFormRow): z.output<typeof taxFormSchema> {
  const { formType, status, fields, nationalIdLast4, submittedAt, updatedAt } = row;
  return {
    formType,
    status,
    fields,
    nationalIdMasked: nationalIdLast4 === null ? null : `•••-••-${nationalIdLast4}`,
    submittedAt: submittedAt?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  };
}

/** One that nobody has begun. */
export function viewBlankTaxForm(formType: TaxFormType): z.output<typeof taxFormSchema> {
  return { formType, status: 'NOT_STARTED', fields: {}, nationalIdMasked: null, submittedAt: null, updatedAt: null };
}
