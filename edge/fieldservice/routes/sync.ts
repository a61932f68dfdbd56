import { z } from 'zod';
import type { NewConflict } from '../../../db/fieldservice/conflicts.ts';
import { pushChanges } from '../../../db/fieldservice/push-changes.ts';
import { pullRecords } from '../../../db/fieldservice/records.ts';
import { type FieldChange, readChange, type RejectedChange } from '../../../shared/field-change.ts';
import { fieldEntities } from '../../../shared/field-records.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { anyMember, memberActor } from '../actor.ts';
import { instantParameter, instantSchema } from '../instant.ts';
import { pulledChange } from '../pulled-change.ts';

const maxChanges = 1_000;
const usualPageRows = 500;
const maxPageRows = 2_000;

const conflictSchema = z.object({
  entity: z.enum(fieldEntities),
  entityId: z.uuid(),
  fields: z.array(z.string()).describe('In which a newer value was overwritten'),
  summary: z.string(),
  serverUpdatedAt: instantSchema.describe('Of the value that was overwritten'),
});

const push = defineRoute({
  method: 'POST',
  path: '/v1/sync/push',
  summary: "Push a device's changes",
  description:
    'All in one transaction, in the order sent. The client wins: an upsert writes the fields that its payload names (null clears one), and brings a deleted record back; fields that the entity does not have are ignored. What cannot be applied is answered in `rejected`, and the rest goes on. The same change sent again by the same device is listed in `applied` and changes nothing.',
  roles: anyMember,
  idempotency: 'honoured',
  body: z.object({
    deviceId: z.guid(),
    clientTime: z.iso.datetime({ offset: true }),
    changes: z
      .array(z.unknown())
      .max(maxChanges)
      .describe(
        'Each `{op: "upsert" | "delete", entity, entityId, clientUpdatedAt, payload}`. Entities: client, employee, service_type, task, finance_entry.',
      ),
  }),
  response: {
    200: z.object({
      serverTime: z.iso.datetime(),
      applied: z.array(z.uuid()).describe('The ids of the records whose changes are in'),
      conflicts: z.array(conflictSchema),
      rejected: z.array(
        z.object({ entity: z.string().nullable(), entityId: z.string().nullable(), reason: z.string() }),
      ),
    }),
  },
  async handler({ actor, body, transact }) {
    const member = memberActor(actor);
    const { tenant: tenantId, id: userId, displayName, email, role, employeeId } = member;
    const deviceId = body.deviceId.toLowerCase();
    const changes: FieldChange[] = [];
    const unreadable: RejectedChange[] = [];
    for (const sent of body.changes) {
      const read = readChange(deviceId, sent);
      if ('change' in read) changes.push(read.change);
      else unreadable.push(read.rejected);
    }
    const by = { tenantId, deviceId, actor: { userId, displayName, email, role }, viewer: { role, employeeId } };
    const { applied, conflicts, rejected } = await transact(tx => pushChanges(tx, by, changes));
    const serverTime = new Date().toISOString();
    return {
      status: 200,
      body: { serverTime, applied, conflicts: conflicts.map(conflictOf), rejected: [...unreadable, ...rejected] },
    };
  },
});

function conflictOf({ entity, entityId, fields, summary, serverUpdatedAt }: NewConflict) {
  return { entity, entityId, fields, summary, serverUpdatedAt };
}

const pull = defineRoute({
  method: 'GET',
  path: '/v1/sync/pull',
  summary: 'Pull what has changed',
  description:
    'What has changed strictly after `since`, the oldest first; without it, everything. Send `nextCursor` back as `since`. A change that only removes a record, for everybody or for you, is a delete without payload.',
  roles: anyMember,
  idempotency: 'none',
  query: z.object({
    since: instantParameter.describe('`nextCursor` of the pull before'),
    limit: z
      .string()
      .regex(/^\d{1,4}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.int().min(1).max(maxPageRows))
      .default(usualPageRows)
      .describe(`How many at most, 1 to ${maxPageRows}`),
  }),
  response: {
    200: z.object({
      serverTime: z.iso.datetime(),
      changes: z.array(
        z.object({
          op: z.enum(['upsert', 'delete']),
          entity: z.enum(fieldEntities),
          entityId: z.uuid(),
          updatedAt: instantSchema,
          payload: z.record(z.string(), z.unknown()).optional().describe('Of an upsert: the whole record'),
        }),
      ),
      nextCursor: instantSchema,
      hasMore: z.boolean().describe('Whether to pull again at once'),
    }),
  },
  async handler({ actor, query: { since = null, limit }, db }) {
    const { tenant: tenantId, id: userId } = memberActor(actor);
    const found = await pullRecords(db, { tenantId, userId }, { since, limit: limit + 1 });
    if (!found) throw new Fault('forbidden', 'You are not a member of this tenant.');
    const hasMore = found.changes.length > limit;
    const page = hasMore ? found.changes.slice(0, limit) : found.changes;
    return {
      status: 200,
      body: {
        serverTime: found.now.toISOString(),
        changes: page.map(row => pulledChange(row, found.viewer)),
        nextCursor: (hasMore && page[page.length - 1]?.changedAt) || found.newest,
        hasMore,
      },
    };
  },
});

export const syncRoutes: readonly Route[] = [push, pull];
