import { z } from 'zod';
import {
  addHubManager,
  changeHub,
  deleteHub,
  insertHub,
  type OwnedHub,
  setNfcTag,
} from '../../../db/workforce/hubs.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { clientActor } from '../actor.ts';
import { clientCommand } from '../client-command.ts';
import { changeHubFields, hubChangeSchema, hubSchema, newHubSchema, viewHub } from '../hub-view.ts';

const params = z.object({ hubId: z.uuid() });

const add = defineRoute({
  method: 'POST',
  path: '/client/hubs',
  summary: 'Add a place of work',
  ...clientCommand,
  body: newHubSchema,
  faults: ['not_found'],
  response: { 201: hubSchema },
  async handler(request) {
    const { tenant: tenantId, businessId } = clientActor(request.actor);
    const fields = changeHubFields(request.body);
    const hub = await request.transact(tx => insertHub(tx, { tenantId, businessId }, fields));
    return { status: 201, body: viewHub(hub) };
  },
});

const change = defineRoute({
  method: 'PUT',
  path: '/client/hubs/:hubId',
  summary: 'Change a place of work',
  description:
    'What is left out stays as it is. 409 `HUB_TIME_ZONE_BLOCKED` for another time zone while orders that are not over use the hub.',
  ...clientCommand,
  params,
  body: hubChangeSchema,
  response: { 200: hubSchema },
  async handler(request) {
    const { body } = request;
    const hub = await request.transact(tx => changeHub(tx, ownedHub(request), before => changeHubFields(body, before)));
    return { status: 200, body: viewHub(hub) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: '/client/hubs/:hubId',
  summary: 'Delete a place of work',
  description: 'What was worked there stays known. 409 `HUB_DELETE_BLOCKED` while orders that are not over use it.',
  ...clientCommand,
  params,
  response: { 200: z.strictObject({ hubId: z.uuid(), deleted: z.literal(true) }) },
  async handler(request) {
    const owned = ownedHub(request);
    await request.transact(tx => deleteHub(tx, owned));
    return { status: 200, body: { hubId: owned.hubId, deleted: true } };
  },
});

const assignNfc = defineRoute({
  method: 'POST',
  path: '/client/hubs/:hubId/assign-nfc',
  summary: 'Name the NFC tag that hangs at a place of work',
  description: 'It takes the place of the one before. 409 `NFC_TAG_IN_USE` if it hangs at another hub of the tenant.',
  ...clientCommand,
  params,
  body: z.strictObject({ nfcTagId: z.string().trim().min(1).max(200) }),
  response: { 200: hubSchema },
  async handler(request) {
    const { nfcTagId } = request.body;
    const hub = await request.transact(tx => setNfcTag(tx, ownedHub(request), nfcTagId));
    return { status: 200, body: viewHub(hub) };
  },
});

const addManager = defineRoute({
  method: 'POST',
  path: '/client/hubs/:hubId/managers',
  summary: 'Make a colleague the manager of a place of work',
  description: 'Somebody who acts for the same business. Who is one already stays one.',
  ...clientCommand,
  params,
  body: z.strictObject({ userId: z.uuid() }),
  response: {
    201: z.strictObject({
      hubId: z.uuid(),
      userId: z.uuid(),
      displayName: z.string(),
      email: z.string().nullable(),
    }),
  },
  async handler(request) {
    const owned = ownedHub(request);
    const {
      id: userId,
      displayName,
      email,
    } = await request.transact(tx => addHubManager(tx, owned, request.body.userId));
    return { status: 201, body: { hubId: owned.hubId, userId, displayName, email } };
  },
});

function ownedHub({ actor, params: { hubId } }: RouteRequest<z.output<typeof params>>): OwnedHub {
  const { tenant: tenantId, businessId } = clientActor(actor);
  return { tenantId, businessId, hubId };
}

export const clientHubRoutes: readonly Route[] = [add, change, remove, assignNfc, addManager];
