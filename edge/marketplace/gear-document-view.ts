import { z } from 'zod';
import { type GearDocumentRow, gearDocumentTypes } from '../../db/marketplace/gear-documents.ts';

/** Of the form, beside the file. */
export const gearDocumentFieldsSchema = z.strictObject({ type: z.enum(gearDocumentTypes) });
/** For the API's description; the form is read by the upload. */
export const gearDocumentFormSchema = gearDocumentFieldsSchema.extend({ file: z.string().meta({ format: 'binary' }) });

export const gearDocumentSchema = z.strictObject({
  id: z.uuid(),
  gear_id: z.uuid(),
  type: z.enum(gearDocumentTypes),
  filename: z.string(),
  mime_type: z.string().describe('By the bytes of the file'),
  size_bytes: z.int(),
  created_at: z.iso.datetime(),
});

export function viewGearDocument(document: GearDocumentRow): z.output<typeof gearDocumentSchema> {
  return {
    id: document.id,
    gear_id: document.gearId,
    type: document.type,
    filename: document.filename,
    mime_type: document.mimeType,
    size_bytes: document.sizeBytes,
    created_at: document.createdAt.toISOString(),
  };
}
