import { z } from 'zod';
import type { CloudFileRow, CloudVersionRow } from '../../db/marketplace/cloud-files.ts';
import type { CloudShareRow } from '../../db/marketplace/cloud-shares.ts';

/** The form of an upload has nothing beside the file. */
export const cloudFieldsSchema = z.strictObject({});
/** For the API's description; the form is read by the upload. */
export const cloudFormSchema = z.strictObject({ file: z.string().meta({ format: 'binary' }) });

export const cloudFileSchema = z.strictObject({
  id: z.uuid(),
  filename: z.string(),
  size_bytes: z.int(),
  mime_type: z.string().describe('By the bytes of the file'),
  current_version: z.int().describe('The version whose content is the current one'),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export const cloudVersionSchema = z.strictObject({
  id: z.uuid(),
  file_id: z.uuid(),
  version: z.int(),
  storage_key: z.string().describe('The same for versions of the same content'),
  size_bytes: z.int(),
  created_at: z.iso.datetime(),
});

export const cloudShareSchema = z.strictObject({
  file: cloudFileSchema.pick({ id: true, filename: true, size_bytes: true, mime_type: true }),
  permissions: z.literal('read'),
  expires_at: z.iso.datetime(),
  download_url: z.url().describe('Good for five minutes, or until the share ends'),
});

export function viewCloudFile(file: CloudFileRow): z.output<typeof cloudFileSchema> {
  return {
    id: file.id,
    filename: file.filename,
    size_bytes: file.sizeBytes,
    mime_type: file.mimeType,
    current_version: file.currentVersion,
    created_at: file.createdAt.toISOString(),
    updated_at: file.updatedAt.toISOString(),
  };
}

export function viewCloudVersion(version: CloudVersionRow): z.output<typeof cloudVersionSchema> {
  return {
    id: version.id,
    file_id: version.fileId,
    version: version.version,
    storage_key: version.storageKey,
    size_bytes: version.sizeBytes,
    created_at: version.createdAt.toISOString(),
  };
}

export function viewCloudShare(share: CloudShareRow, downloadUrl: string): z.output<typeof cloudShareSchema> {
  return {
    file: { id: share.id, filename: share.filename, size_bytes: share.sizeBytes, mime_type: share.mimeType },
    permissions: share.permissions,
    expires_at: share.expiresAt.toISOString(),
    download_url: downloadUrl,
  };
}
