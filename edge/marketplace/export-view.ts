import { z } from 'zod';
import type { OwnExportRow } from '../../db/marketplace/exports.ts';

export const exportSchema = z.strictObject({
  id: z.uuid(),
  status: z.enum(['pending', 'ready', 'failed', 'deleted']),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  size_bytes: z.int().nullable(),
  sha256: z.string().nullable().describe('Of the file, in hex'),
  download_url: z.url().nullable().describe('Needs no token; null unless the export is ready and `expires_at` ahead'),
  expires_at: z.iso.datetime().nullable().describe('When the links end'),
});

export function viewExport(row: OwnExportRow, downloadUrl: string | null): z.output<typeof exportSchema> {
  return {
    id: row.id,
    status: row.status,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
    size_bytes: row.sizeBytes,
    sha256: row.sha256,
    download_url: downloadUrl,
    expires_at: row.expiresAt?.toISOString() ?? null,
  };
}
