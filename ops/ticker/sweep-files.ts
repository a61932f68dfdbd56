import type { Spine } from '../../db/spine.ts';
import { deleteUnfinishedAttachments } from '../../db/fieldservice/attachments.ts';
import { listUnusedKeys } from '../../db/marketplace/cloud-files.ts';
import type { Ports } from '../../shared/ports/ports.ts';

export interface SweepFilesDeps extends Pick<Spine, 'db' | 'log'> {
  ports: Pick<Ports, 'files'>;
}

/** Where uploads are kept, and exports, of which an attempt that was lost may leave one; `tmp/` is what a crash left of them on disk. */
const prefixes = ['cloud/', 'gear/', 'workforce/', 'tenants/', 'exports/', 'tmp/'];
/** Longer than any upload takes from its first byte to the commit of its row. */
const minAgeMs = 24 * 3_600_000;
const pageKeys = 500;

/**
 * Deletes stored objects that no row refers to: of uploads that failed or died before their commit, of deleted rows. Nobody
 * else deletes what has ever had a row, so that an object which several versions share is never lost. Answers how many. Rows
 * of attachments that were announced and never completed go first, so that what was sent for them is swept, too.
 */
export async function sweepFilesOnce(deps: SweepFilesDeps, nowMs: number = Date.now()): Promise<number> {
  const { files } = deps.ports;
  await forgetUnfinished(deps.db, new Date(nowMs - minAgeMs));
  let deleted = 0;
  let page: string[] = [];
  const sweepPage = async () => {
    for (const key of await listUnusedKeys(deps.db, page)) {
      await files.delete(key);
      deleted += 1;
    }
    page = [];
  };
  for (const prefix of prefixes) {
    for await (const { key, modifiedAt } of files.list(prefix)) {
      if (nowMs - modifiedAt.getTime() < minAgeMs) continue;
      page.push(key);
      if (page.length >= pageKeys) await sweepPage();
    }
  }
  await sweepPage();
  if (deleted > 0) deps.log.info({ deleted }, 'stored objects without a row were deleted');
  return deleted;
}

async function forgetUnfinished(db: Spine['db'], before: Date): Promise<void> {
  while ((await deleteUnfinishedAttachments(db, { before, limit: pageKeys })) === pageKeys);
}
