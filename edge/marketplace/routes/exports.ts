import { z } from 'zod';
import { beginExport, exportDownload, getOwnExport } from '../../../db/marketplace/exports.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { Fault } from '../../../shared/fault.ts';
import { userExport } from '../../../shared/jobs/export.ts';
import { defineRoute, type Route } from '../../route.ts';
import { exportSchema, viewExport } from '../export-view.ts';

const users = ['marketplace:user'] as const;

const begin = defineRoute({
  method: 'POST',
  path: '/api/v1/users/me/export',
  summary: 'Asks for a copy of all data of the caller',
  description:
    'Made in the background; a notification with a link says when it is ready. 409 while one is being made, 429 within a day of the last one.',
  roles: users,
  idempotency: 'honoured',
  body: z.strictObject({}).optional(),
  response: { 202: z.strictObject({ export: exportSchema.pick({ id: true, status: true }) }) },
  async handler({ actor, requestId, traceparent, transact }) {
    const { id: userId, owner } = actor!;
    const id = await transact(async tx => {
      const begun = await beginExport(tx, userId);
      if (begun.outcome === 'running') throw runningFault(begun.id);
      if (begun.outcome === 'too_soon') throw tooSoonFault(begun);
      const { created } = await insertJob(
        tx,
        userExport,
        { exportId: begun.id },
        { owner, requestId, trace: traceparent },
      );
      if (!created) throw runningFault(); // the job of one that has ended, run again by an operator
      return begun.id;
    });
    return { status: 202, headers: { location: pathOf(id) }, body: { export: { id, status: 'pending' } } };
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/users/me/exports/:id',
  summary: 'How an export of the caller stands, and where to download it',
  roles: users,
  idempotency: 'none',
  params: z.object({ id: z.uuid() }),
  response: { 200: z.strictObject({ export: exportSchema }) },
  async handler({ actor, db, edge, params }) {
    const row = await getOwnExport(db, { id: params.id, userId: actor!.id });
    if (!row) throw new Fault('not_found', 'You have no such export.');
    const expiresInS = Math.floor(row.linkLeftS);
    const downloadUrl =
      row.fileKey === null || expiresInS <= 0
        ? null
        : await edge.ports.files.signedUrl(row.fileKey, { ...exportDownload(row), expiresInS });
    return { status: 200, body: { export: viewExport(row, downloadUrl) } };
  },
});

function pathOf(id: string): string {
  return `/api/v1/users/me/exports/${id}`;
}

function runningFault(id?: string): Fault {
  return new Fault('conflict', 'An export of your data is being made.', {
    reason: 'export_running',
    ...(id === undefined ? {} : { details: { id }, headers: { location: pathOf(id) } }),
  });
}

function tooSoonFault({ id, retryAfterS }: { id: string; retryAfterS: number }): Fault {
  return new Fault('rate_limited', 'You may have one export of your data a day.', {
    reason: 'export_too_soon',
    details: { id },
    retryAfterS,
    headers: { location: pathOf(id) },
  });
}

export const exportRoutes: readonly Route[] = [begin, show];
