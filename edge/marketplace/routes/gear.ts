import { z } from 'zod';
import {
  deleteGear,
  getGear,
  insertGear,
  listGear,
  lockGear,
  maxGearPerOwner,
  updateGear,
} from '../../../db/marketplace/gear.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { changeGear, gearChangeSchema, gearSchema, newGearSchema, viewGear } from '../gear-view.ts';
import { pageQuery } from '../page-query.ts';

const users = ['marketplace:user'] as const;
const params = z.object({ id: z.uuid() });

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory/gear',
  summary: "The user's gear",
  description: 'Newest first.',
  roles: users,
  idempotency: 'none',
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ gear: z.array(gearSchema), total: z.int() }) },
  async handler({ actor, db, query }) {
    const { gear, total } = await listGear(db, actor!.id, query);
    return { status: 200, body: { gear: gear.map(viewGear), total } };
  },
});

const add = defineRoute({
  method: 'POST',
  path: '/api/v1/inventory/gear',
  summary: 'Add a piece of gear',
  description: `The owner is told 30, 7 and 1 days before its warranty ends. At most ${maxGearPerOwner} a user.`,
  roles: users,
  idempotency: 'honoured',
  body: newGearSchema,
  response: { 201: gearSchema },
  async handler(request) {
    const fields = changeGear(request.body);
    const gear = await request.transact(tx => insertGear(tx, request.actor!.id, fields));
    if (!gear)
      throw new Fault('conflict', `You have ${maxGearPerOwner} pieces of gear, as many as one may have.`, {
        reason: 'too_much_gear',
      });
    return { status: 201, body: viewGear(gear) };
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/inventory/gear/:id',
  summary: 'A piece of gear',
  roles: users,
  idempotency: 'none',
  params,
  response: { 200: gearSchema },
  async handler({ actor, db, params: { id } }) {
    const gear = await getGear(db, { ownerId: actor!.id, id });
    if (!gear) throw noSuchGear();
    return { status: 200, body: viewGear(gear) };
  },
});

const change = defineRoute({
  method: 'PUT',
  path: '/api/v1/inventory/gear/:id',
  summary: 'Change a piece of gear',
  description:
    'What is left out stays as it is; null takes a field away. A changed end of the warranty brings notices of its own.',
  roles: users,
  idempotency: 'honoured',
  params,
  body: gearChangeSchema,
  response: { 200: gearSchema },
  async handler(request) {
    const owned = { ownerId: request.actor!.id, id: request.params.id };
    const gear = await request.transact(async tx => {
      const before = await lockGear(tx, owned);
      return before && updateGear(tx, owned, changeGear(request.body, before));
    });
    if (!gear) throw noSuchGear();
    return { status: 200, body: viewGear(gear) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: '/api/v1/inventory/gear/:id',
  summary: 'Remove a piece of gear, with its documents and repairs',
  roles: users,
  idempotency: 'honoured',
  params,
  response: { 200: z.strictObject({ message: z.string() }) },
  async handler({ actor, db, params: { id } }) {
    if (!(await deleteGear(db, { ownerId: actor!.id, id }))) throw noSuchGear();
    return { status: 200, body: { message: 'Gear deleted' } };
  },
});

function noSuchGear(): Fault {
  return new Fault('not_found', 'There is no such gear.');
}

export const gearRoutes: readonly Route[] = [list, add, show, change, remove];
