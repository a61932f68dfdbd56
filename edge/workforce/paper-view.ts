import { z } from 'zod';
import type { CertificateRow, SentPaper, StaffItemRow } from '../../db/workforce/papers.ts';
import { verificationStatuses } from '../../shared/verification-state.ts';
import { makeFileUri } from './file-uri.ts';

/** How a paper stands: as its verification does, unless there is none. */
const statusSchema = z.enum(['NOT_UPLOADED', 'NOT_REQUIRED', ...verificationStatuses]);

const sentSchema = {
  fileUri: z.string().nullable(),
  contentType: z.string().nullable(),
  sizeBytes: z.int().nullable(),
  uploadedAt: z.iso.datetime().nullable(),
  verificationId: z.uuid().nullable(),
  status: statusSchema,
};
const itemSchema = {
  code: z.string(),
  name: z.string(),
  description: z.string(),
  required: z.boolean(),
  ...sentSchema,
  metadata: z.record(z.string(), z.unknown()),
};

export const documentSchema = z.strictObject({ documentId: z.uuid(), ...itemSchema });
export const attireSchema = z.strictObject({ itemId: z.uuid(), ...itemSchema });
export const photoSchema = z.strictObject(sentSchema);
export const certificateSchema = z.strictObject({
  certificateId: z.uuid(),
  certificateType: z.string(),
  name: z.string(),
  issuer: z.string(),
  certificateNumber: z.string(),
  issuedOn: z.iso.date().nullable(),
  expiresOn: z.iso.date().nullable(),
  ...sentSchema,
});

const optionalText = z.string().trim().max(200).default('');
/** What may come with a document's or an attire's file. No number of a document: it would be kept in the clear. */
export const itemFields = z.strictObject({ note: z.string().trim().max(500).optional() });
export const certificateTypeSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][\w -]{1,59}$/, 'must be a word or two')
  .transform(type => type.toUpperCase().replace(/[ -]+/g, '_'));
/** A day as a paper may say it; Postgres knows no year 0. */
const printedDay = z.iso.date().refine(day => day >= '1900-01-01' && day < '2200-01-01', 'must be from 1900 to 2199');
export const certificateFields = z.strictObject({
  certificateType: certificateTypeSchema,
  name: optionalText,
  issuer: optionalText,
  certificateNumber: optionalText,
  issuedOn: printedDay.optional(),
  expiresOn: printedDay.optional(),
});

export function viewDocument({ id: documentId, ...item }: StaffItemRow): z.output<typeof documentSchema> {
  return { documentId, ...viewItem(item) };
}

export function viewAttire({ id: itemId, ...item }: StaffItemRow): z.output<typeof attireSchema> {
  return { itemId, ...viewItem(item) };
}

export function viewCertificate(row: CertificateRow): z.output<typeof certificateSchema> {
  const { id: certificateId, certificateType, name, issuer, number, issuedOn, expiresOn } = row;
  const facts = { certificateId, certificateType, name, issuer, certificateNumber: number, issuedOn, expiresOn };
  return { ...facts, ...viewSent(row) };
}

/** A photo is looked at by nobody. */
export function viewPhoto(photo: Omit<SentPaper, 'verificationId' | 'status'>): z.output<typeof photoSchema> {
  return viewSent({ ...photo, verificationId: null, status: null });
}

function viewItem(item: Omit<StaffItemRow, 'id'>) {
  const { code, name, description, required, metadata } = item;
  return { code, name, description, required, ...viewSent(item), metadata: metadata ?? {} };
}

function viewSent(sent: { [Name in keyof SentPaper]: SentPaper[Name] | null }) {
  const { storageKey, visibility, contentType, sizeBytes, uploadedAt, verificationId, status } = sent;
  const there = storageKey !== null && visibility !== null;
  return {
    fileUri: there ? makeFileUri({ storageKey, visibility }) : null,
    contentType,
    sizeBytes,
    uploadedAt: uploadedAt?.toISOString() ?? null,
    verificationId,
    status: status ?? (there ? ('NOT_REQUIRED' as const) : ('NOT_UPLOADED' as const)),
  };
}
