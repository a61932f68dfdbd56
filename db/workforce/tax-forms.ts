import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { OwnStaff } from './staff-profile.ts';

export const taxFormTypes = ['I9', 'W4'] as const;
export type TaxFormType = (typeof taxFormTypes)[number];

export interface TaxFormRow {
  formType: TaxFormType;
  /** Without the national id. */
  fields: Record<string, unknown>;
  nationalIdLast4: string | null;
  status: 'DRAFT' | 'SUBMITTED';
  submittedAt: Date | null;
  updatedAt: Date;
}

/** What is null stays as it was. */
export interface TaxFormChange {
  formType: TaxFormType;
  fields: Record<string, unknown> | null;
  nationalId: { sealed: string; last4: string } | null;
}

const listSql = sql('workforce/tax-forms/list', { replan: true });
const saveSql = sql('workforce/tax-forms/save');
const submitSql = sql('workforce/tax-forms/submit');

/** Those that were begun. */
export function listTaxForms(db: Connection, own: OwnStaff): Promise<TaxFormRow[]> {
  return db.any<TaxFormRow>(listSql({ ...own, formType: null }));
}

export function getTaxForm(db: Connection, own: OwnStaff, formType: TaxFormType): Promise<TaxFormRow | null> {
  return db.oneOrNone<TaxFormRow>(listSql({ ...own, formType }));
}

/** A submitted form is a draft again. */
export function saveTaxForm(
  db: Connection,
  own: OwnStaff,
  { formType, fields, nationalId }: TaxFormChange,
): Promise<TaxFormRow> {
  const told = { formType, fields: fields && JSON.stringify(fields) };
  const [nationalIdSealed, nationalIdLast4] = [nationalId?.sealed ?? null, nationalId?.last4 ?? null];
  return db.one<TaxFormRow>(saveSql({ ...own, ...told, nationalIdSealed, nationalIdLast4 }));
}

/** Null if it is no draft, or something is missing in it. */
export function submitTaxForm(db: Connection, own: OwnStaff, formType: TaxFormType): Promise<TaxFormRow | null> {
  return db.oneOrNone<TaxFormRow>(submitSql({ ...own, formType }));
}
