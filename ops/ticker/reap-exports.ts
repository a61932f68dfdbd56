import { forgetExportFile, listExpiredExports } from '../../db/marketplace/exports.ts';
import type { Spine } from '../../db/spine.ts';
import type { Ports } from '../../shared/ports/ports.ts';

export type ReapExportsDeps = Pick<Spine, 'db'> & { ports: Pick<Ports, 'files'> };

const pageRows = 100;

/** Deletes the files of exports that are a week old, and what failed ones may have left. The file goes first: a row forgets only what is gone. True if there is more. */
export async function reapExportsOnce({ db, ports }: ReapExportsDeps): Promise<boolean> {
  const expired = await listExpiredExports(db, pageRows);
  for (const { id, fileKey } of expired) {
    await ports.files.delete(fileKey);
    await forgetExportFile(db, id);
  }
  return expired.length === pageRows;
}
