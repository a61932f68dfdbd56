import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { exportDownload, exportLinkS, getExport, measureExport } from '../../db/marketplace/exports.ts';
import { Fault } from '../../shared/fault.ts';
import type { userExport as spec } from '../../shared/jobs/export.ts';
import { exportEntries } from '../export/export-entries.ts';
import { zip } from '../export/zip.ts';
import type { Handler } from '../handler.ts';

/** More than the stored files of one user may take, and less than any store's limit of one file. */
const maxBytes = 40 * 1024 ** 3;
/** What a row weighs beside a byte of a stored file, when progress is told. */
const rowBytes = 300;

/**
 * Writes the archive straight to the file store, under a name of this attempt's own: a worker that has lost the job and writes
 * on must not take the place of what another has recorded. The ticker's sweep deletes what no row refers to.
 */
export const userExport: Handler<typeof spec, 'files'> = async (ctx, { exportId }) => {
  const { signal } = ctx;
  const { files } = ctx.ports;
  const row = await ctx.transact(tx => getExport(tx, exportId));
  if (row?.status !== 'pending' || row.fileKey === null)
    throw new Fault('conflict', 'This export has ended already.', { reason: 'export_ended' });
  const { userId, createdAt } = row;
  const fileKey = `exports/${exportId}/${randomUUID()}.zip`;
  const expected = await ctx.transact(tx => measureExport(tx, userId));
  const expectedBytes = expected.rows * rowBytes + expected.fileBytes || 1;
  let readBytes = 0;
  const entries = exportEntries({
    exportId,
    userId,
    createdAt,
    transact: ctx.transact,
    files,
    signal,
    onRead({ rows, fileBytes }) {
      readBytes += rows * rowBytes + fileBytes;
      ctx.progress(readBytes / expectedBytes);
    },
  });
  const download = exportDownload(row);
  const archive = Readable.from(zip(entries));
  const stored = await files.write(fileKey, archive, { contentType: download.contentType, maxBytes, signal });
  const downloadUrl = await files.signedUrl(fileKey, { ...download, expiresInS: exportLinkS });
  return { exportId, fileKey, sizeBytes: stored.sizeBytes, sha256: stored.sha256, downloadUrl };
};
