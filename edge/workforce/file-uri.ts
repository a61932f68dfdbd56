import type { Connection } from '../../db/connect.ts';
import { type FileRow, type FileVisibility, fileVisibilities, findOwnFile } from '../../db/workforce/files.ts';
import { Fault } from '../../shared/fault.ts';
import { isFileKey } from '../../shared/file-key.ts';
import type { WorkforceActor } from './actor.ts';

/*
 * What clients call a stored file by: `millrace://<bucket>/<path>`, the bucket being its visibility, the path its key in the
 * store. It is a name and no permission: whoever uses one must own the file.
 */

const pattern = new RegExp(`^millrace://(${fileVisibilities.join('|')})/(.{1,500})$`);

export function makeFileUri({ visibility, storageKey }: Pick<FileRow, 'visibility' | 'storageKey'>): string {
  return `millrace://${visibility}/${storageKey}`;
}

/** The file that the actor uploaded. Throws `Fault('not_found')`: it is somebody else's, or nobody's, or no file's name. */
export async function ownFile(
  db: Connection,
  { id: userId, tenant: tenantId }: Pick<WorkforceActor, 'id' | 'tenant'>,
  fileUri: string,
): Promise<FileRow> {
  const [, visibility, storageKey] = pattern.exec(fileUri) ?? [];
  const file =
    storageKey !== undefined && isFileKey(storageKey)
      ? await findOwnFile(db, { tenantId, userId, storageKey, visibility: visibility as FileVisibility })
      : null;
  if (!file) throw new Fault('not_found', 'You have no such file.', { reason: 'FILE_NOT_FOUND' });
  return file;
}
