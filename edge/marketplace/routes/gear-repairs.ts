import { z } from 'zod';
import { getGear } from '../../../db/marketplace/gear.ts';
import {
  deleteGearRepair,
  insertGearRepair,
  listGearRepairs,
  maxRepairsPerGear,
} from '../../../db/marketplace/gear-repairs.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { gearRepairSchema, newGearRepairSchema, readGearRepair, viewGearRepair } from '../gear-repair-view.ts';
import { pageQuery } from '../page-query.ts';

const users = ['marketplace:user'] as const;
const path = '/api/v1/inventory/gear/:id/repairs';
const params = z.object({ id: z.uuid() });

const add = defineRoute({
  method: 'POST',
  path,
  summary: 'Write down a repair of a piece of gear',
  description: `At most ${maxRepairsPerGear} for each piece.`,
  roles: users,
  idempotency: 'honoured',
  params,
  body: newGearRepairSchema,
  response: { 201: gearRepairSchema },
  async handler(request) {
    const gear = { ownerId: request.actor!.id, id: request.params.id };
    const repair = await request.transact(tx => insertGearRepair(tx, gear, readGearRepair(request.body)));
    if (repair === 'no_gear') throw new Fault('not_found', 'There is no such gear.');
    if (repair === 'full')
      throw new Fault('conflict', `This gear has ${maxRepairsPerGear} repairs, as many as it may have.`, {
        reason: 'too_many_repairs',
      });
    return { status: 201, body: viewGearRepair(repair) };
  },
});

const list = defineRoute({
  method: 'GET',
  path,
  summary: 'The repairs of a piece of gear',
  description: 'By date, the latest first.',
  roles: users,
  idempotency: 'none',
  params,
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ repairs: z.array(gearRepairSchema), total: z.int() }) },
  async handler({ actor, db, params: { id }, query }) {
    const gear = { ownerId: actor!.id, id };
    if (!(await getGear(db, gear))) throw new Fault('not_found', 'There is no such gear.');
    const { repairs, total } = await listGearRepairs(db, gear, query);
    return { status: 200, body: { repairs: repairs.map(viewGearRepair), total } };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: `${path}/:repairId`,
  summary: 'Delete a repair',
  roles: users,
  idempotency: 'honoured',
  params: params.extend({ repairId: z.uuid() }),
  response: { 200: z.strictObject({ message: z.string() }) },
  async handler({ actor, db, params: { id, repairId } }) {
    if (!(await deleteGearRepair(db, { ownerId: actor!.id, id }, repairId)))
      throw new Fault('not_found', 'There is no such repair.');
    return { status: 200, body: { message: 'Repair deleted' } };
  },
});

export const gearRepairRoutes: readonly Route[] = [add, list, remove];
