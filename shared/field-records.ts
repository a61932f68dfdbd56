import { z } from 'zod';

/** What devices sync. */
export const fieldEntities = ['client', 'employee', 'service_type', 'task', 'finance_entry'] as const;
export type FieldEntity = (typeof fieldEntities)[number];

/** A record's fields, as devices send and get them. A field that is not set is not there. */
export type FieldPayload = Record<string, unknown>;

/** How two values of a field are told apart: as they are, or as the moments that they name. */
type Comparison = 'value' | 'instant';

interface FieldRule {
  schema: z.ZodType;
  comparison: Comparison;
}

interface EntityRules {
  /** Begins a sentence: "Finance entry updated: Invoice - Dec". */
  label: string;
  /** What a record of it is called by. */
  titleField: string;
  required: readonly string[];
  fields: Readonly<Record<string, FieldRule>>;
}

const rule = (schema: z.ZodType, comparison: Comparison = 'value'): FieldRule => ({ schema, comparison });

const name = rule(z.string().trim().min(1).max(200));
const text = rule(z.string().max(5_000));
const flag = rule(z.boolean());
const reference = rule(z.guid().transform(id => id.toLowerCase()));
/** At most four decimals and eleven digits before them: so many a double holds exactly. */
const money = rule(
  z
    .number()
    .min(0)
    .max(99_999_999_999)
    .refine(amount => Number(amount.toFixed(4)) === amount, 'at most four decimals'),
);
/** As the client sent it: `USD`, `usd`, `R$`. */
const currency = rule(z.string().trim().min(1).max(10));
const instant = z.iso.datetime({ offset: true });
const day = rule(z.union([z.iso.date(), instant], 'a day, yyyy-mm-dd, or an instant'), 'instant');
const time = rule(
  z.union([instant, z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/)], 'an instant, or a time of day, hh:mm'),
  'instant',
);
const oneOf = (...values: [string, ...string[]]) => rule(z.enum(values));

const rulesOf: Record<FieldEntity, EntityRules> = {
  client: {
    label: 'Client',
    titleField: 'name',
    required: ['name'],
    fields: {
      name,
      contact: text,
      phone: text,
      whatsappPhone: text,
      email: text,
      address: text,
      propertyDetails: text,
      accessNotes: text,
      preferredSchedule: text,
    },
  },
  employee: {
    label: 'Employee',
    titleField: 'name',
    required: ['name'],
    fields: {
      name,
      roleTitle: text,
      team: text,
      phone: text,
      hourlyRate: money,
      currency,
      extraEarningsDescription: text,
      documentsDescription: text,
    },
  },
  service_type: {
    label: 'Service type',
    titleField: 'name',
    required: ['name', 'basePrice', 'currency'],
    fields: { name, description: text, basePrice: money, currency },
  },
  task: {
    label: 'Task',
    titleField: 'title',
    required: ['title', 'date', 'status'],
    fields: {
      title: name,
      date: day,
      startTime: time,
      endTime: time,
      status: oneOf('scheduled', 'inProgress', 'completed', 'canceled'),
      assignedEmployeeId: reference,
      employeeName: text,
      clientId: reference,
      clientName: text,
      address: text,
      notes: text,
      serviceTypeId: reference,
      checkInTime: time,
      checkOutTime: time,
    },
  },
  finance_entry: {
    label: 'Finance entry',
    titleField: 'title',
    required: ['title', 'amount', 'type', 'dueDate', 'status', 'currency', 'kind'],
    fields: {
      title: name,
      amount: money,
      type: oneOf('receivable', 'payable'),
      dueDate: day,
      status: oneOf('pending', 'paid'),
      method: oneOf('pix', 'card', 'cash'),
      currency,
      clientId: reference,
      clientName: text,
      employeeId: reference,
      employeeName: text,
      kind: oneOf('general', 'invoiceClient', 'payrollEmployee', 'expenseOutOfPocket'),
      isDisputed: flag,
      disputeReason: text,
      receiptAttachmentId: reference,
      extraEarningsDescription: text,
      documentsDescription: text,
    },
  },
};

/** What somebody is to a record: a manager, or an employee of that id (null: of none on record). */
export interface FieldViewer {
  role: 'manager' | 'employee';
  employeeId: string | null;
}

/**
 * The fields of an entity that a payload holds, each as it is kept; null for one that is to be cleared. What the entity does not
 * have is left out: apps newer than this server send it. A text names the first field that is not what it may be.
 */
export function readFields(entity: FieldEntity, payload: FieldPayload): { fields: FieldPayload } | { problem: string } {
  const fields: FieldPayload = {};
  for (const [field, { schema }] of Object.entries(rulesOf[entity].fields)) {
    if (!Object.hasOwn(payload, field)) continue;
    const value = payload[field];
    const read = value === null ? { success: true as const, data: null } : schema.safeParse(value);
    if (!read.success) return { problem: `${field}: ${read.error.issues[0]?.message ?? 'not valid'}` };
    fields[field] = read.data;
  }
  return { fields };
}

/** The first field that a record of the entity must have and this one lacks, or null. */
export function missingField(entity: FieldEntity, payload: FieldPayload): string | null {
  return rulesOf[entity].required.find(field => payload[field] === undefined || payload[field] === null) ?? null;
}

/** Whether two values of a field are the same: numbers as numbers, times as the moments that they name, unset as null. */
export function isSameValue(entity: FieldEntity, field: string, a: unknown, b: unknown): boolean {
  if ((a ?? null) === (b ?? null)) return true;
  if (rulesOf[entity].fields[field]?.comparison !== 'instant') return false;
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  const [left, right] = [Date.parse(a), Date.parse(b)];
  return left === right; // NaN, of a time of day, is no moment
}

/** "Finance entry". */
export function labelOf(entity: FieldEntity): string {
  return rulesOf[entity].label;
}

/** What a record is called, '' if nothing says so. */
export function titleOf(entity: FieldEntity, payload: FieldPayload): string {
  const title = payload[rulesOf[entity].titleField];
  return typeof title === 'string' ? title : '';
}

/** The one employee who may see a record, of those that not every member may; null for all others. */
export function soleEmployeeOf(entity: FieldEntity, payload: FieldPayload): string | null {
  if (entity !== 'finance_entry' || payload['kind'] !== 'payrollEmployee') return null;
  return typeof payload['employeeId'] === 'string' ? payload['employeeId'] : null;
}

/** What of a record somebody is shown who may see it: colleagues' pay is for managers. */
export function shownFields(
  entity: FieldEntity,
  id: string,
  payload: FieldPayload,
  { role, employeeId }: FieldViewer,
): FieldPayload {
  if (entity !== 'employee' || role === 'manager' || id === employeeId) return payload;
  const { hourlyRate: _rate, currency: _currency, extraEarningsDescription: _extra, ...shown } = payload;
  return shown;
}
