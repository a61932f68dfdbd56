import { z } from 'zod';
import { listAudit } from '../../../db/fieldservice/audit.ts';
import { listConflicts } from '../../../db/fieldservice/conflicts.ts';
import { fieldEntities } from '../../../shared/field-records.ts';
import type { Actor } from '../../actor.ts';
import { cursorMoment, pageOf, pageQuery, readCursor } from '../../page-cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { anyMember, memberActor } from '../actor.ts';
import { instantParameter, instantSchema } from '../instant.ts';

const query = z.object({ since: instantParameter, ...pageQuery });
const cursorKey = z.tuple([cursorMoment]);
const nextCursorSchema = z.string().nullable().describe('For `cursor`; null: that was the end');
const about = { id: z.uuid(), entity: z.enum(fieldEntities), entityId: z.uuid(), summary: z.string() };
const description =
  'Newest first. An employee reads of payroll entries only what is their own, and of other finance entries nothing.';

const conflicts = defineRoute({
  method: 'GET',
  path: '/v1/conflicts',
  summary: 'List the conflicts of a tenant',
  description,
  roles: anyMember,
  idempotency: 'none',
  query,
  response: {
    200: z.object({
      conflicts: z.array(z.object({ ...about, fields: z.array(z.string()), createdAt: instantSchema })),
      nextCursor: nextCursorSchema,
    }),
  },
  async handler({ actor, db, query: asked }) {
    const { member, ...page } = logPage(actor, asked);
    const { page: rows, nextCursor } = pageOf(await listConflicts(db, member.tenant, page), asked.limit, keyOf);
    return { status: 200, body: { conflicts: rows, nextCursor } };
  },
});

const audit = defineRoute({
  method: 'GET',
  path: '/v1/audit',
  summary: 'List what was done in a tenant',
  description,
  roles: anyMember,
  idempotency: 'none',
  query,
  response: {
    200: z.object({
      audit: z.array(
        z.object({
          ...about,
          action: z.enum(['created', 'updated', 'deleted']),
          actor: z.string().describe('As they were called then: "Carlos (Manager)"'),
          createdAt: instantSchema,
        }),
      ),
      nextCursor: nextCursorSchema,
    }),
  },
  async handler({ actor, db, query: asked }) {
    const { member, ...page } = logPage(actor, asked);
    const { page: rows, nextCursor } = pageOf(await listAudit(db, member.tenant, page), asked.limit, keyOf);
    return { status: 200, body: { audit: rows, nextCursor } };
  },
});

/** What of a log to read, as far as who asks may; one row more than the page shows. */
function logPage(actor: Actor | null, { since, limit, cursor }: z.output<typeof query>) {
  const member = memberActor(actor);
  const before = readCursor(cursor, cursorKey)?.[0] ?? null;
  const employee = member.role === 'manager' ? null : { employeeId: member.employeeId };
  return { member, since: since ?? null, before, limit: limit + 1, employee };
}

const keyOf = ({ createdAt }: { createdAt: string }) => [createdAt];

export const logRoutes: readonly Route[] = [conflicts, audit];
