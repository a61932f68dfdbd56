import { userExport as spec } from '../../shared/jobs/export.ts';
import type { Settler } from '../settle.ts';
import { failExport, finishExport } from './exports.ts';
import { notify } from './notifications.ts';

/** What the end of an `export` job means for its export; its owner is told. */
export const settleExport: Settler = async (tx, job, settlement) => {
  if (settlement.state === 'pending') return;
  const { exportId } = spec.payload.parse(job.payload);
  const onceKey = `export:${exportId}`;
  if (settlement.state === 'succeeded') {
    const { fileKey, sizeBytes, sha256, downloadUrl } = spec.result.parse(settlement.result);
    const finished = await finishExport(tx, { id: exportId, fileKey, sizeBytes, sha256 });
    if (!finished) return;
    await notify(tx, {
      userId: finished.userId,
      type: 'export_ready',
      title: 'Your data export is ready',
      body: 'You can download it for 48 hours. After 7 days it is deleted.',
      data: { export_id: exportId, download_url: downloadUrl, expires_at: finished.expiresAt.toISOString() },
      onceKey,
    });
    return;
  }
  const failed = await failExport(tx, exportId, settlement.fault.code);
  if (!failed) return;
  await notify(tx, {
    userId: failed.userId,
    type: 'export_failed',
    title: 'Your data export could not be made',
    body: 'Something went wrong on our side. You can ask for another one now.',
    data: { export_id: exportId },
    onceKey,
  });
};
