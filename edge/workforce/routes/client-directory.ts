import { z } from 'zod';
import {
  hasHub,
  hasVendor,
  listCostCenters,
  listHubManagers,
  listHubs,
  listTeamMembers,
  listVendorRoles,
  listVendors,
  type PersonRow,
} from '../../../db/workforce/directory.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { answerIdList, businessKeyOf, clientRead, idPage, listQuery, listSchema } from '../client-read.ts';
import { hubSchema, viewHub } from '../hub-view.ts';

const personFields = {
  userId: z.uuid(),
  displayName: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable().describe('E.164'),
  title: z.string().describe('What they are in the business, in its own words'),
};

const hubs = defineRoute({
  ...clientRead,
  path: '/client/hubs',
  summary: 'The places of work of the business',
  description: 'Without deleted ones. Newest first.',
  query: listQuery,
  response: { 200: listSchema(hubSchema) },
  async handler({ actor, db, query }) {
    return answerIdList(await listHubs(db, businessKeyOf(actor), idPage(query)), query, viewHub);
  },
});

const hubManagers = defineRoute({
  ...clientRead,
  path: '/client/hubs/:hubId/managers',
  summary: 'Who manages a place of work',
  params: z.object({ hubId: z.uuid() }),
  query: listQuery,
  response: { 200: listSchema(z.strictObject(personFields)) },
  async handler({ actor, db, params: { hubId }, query }) {
    const business = businessKeyOf(actor);
    const page = idPage(query);
    if (!(await hasHub(db, business, hubId)))
      throw new Fault('not_found', 'There is no such hub.', { reason: 'HUB_NOT_FOUND' });
    return answerIdList(await listHubManagers(db, business, hubId, page), query, viewPerson);
  },
});

const costCenters = defineRoute({
  ...clientRead,
  path: '/client/cost-centers',
  summary: 'The cost centers of the business',
  query: listQuery,
  response: { 200: listSchema(z.strictObject({ costCenterId: z.uuid(), code: z.string(), name: z.string() })) },
  async handler({ actor, db, query }) {
    const rows = await listCostCenters(db, businessKeyOf(actor), idPage(query));
    return answerIdList(rows, query, ({ id: costCenterId, code, name }) => ({ costCenterId, code, name }));
  },
});

const vendors = defineRoute({
  ...clientRead,
  path: '/client/vendors',
  summary: 'Who supplies staff',
  description: 'All vendors of the tenant: every business may order from each of them.',
  query: listQuery,
  response: { 200: listSchema(z.strictObject({ vendorId: z.uuid(), name: z.string() })) },
  async handler({ actor, db, query }) {
    const rows = await listVendors(db, businessKeyOf(actor), idPage(query));
    return answerIdList(rows, query, ({ id: vendorId, name }) => ({ vendorId, name }));
  },
});

const vendorRoles = defineRoute({
  ...clientRead,
  path: '/client/vendors/:vendorId/roles',
  summary: 'What kinds of work a vendor offers, and for how much',
  params: z.object({ vendorId: z.uuid() }),
  query: listQuery,
  response: {
    200: listSchema(
      z.strictObject({
        roleId: z.uuid().describe('As a new order names it'),
        code: z.string(),
        name: z.string(),
        hourlyRateCents: z.int().describe('For the client'),
      }),
    ),
  },
  async handler({ actor, db, params: { vendorId }, query }) {
    const business = businessKeyOf(actor);
    const page = idPage(query);
    if (!(await hasVendor(db, business, vendorId)))
      throw new Fault('not_found', 'There is no such vendor.', { reason: 'VENDOR_NOT_FOUND' });
    const rows = await listVendorRoles(db, business, vendorId, page);
    return answerIdList(rows, query, ({ id: roleId, code, name, hourlyRateCents }) => ({
      roleId,
      code,
      name,
      hourlyRateCents,
    }));
  },
});

const teamMembers = defineRoute({
  ...clientRead,
  path: '/client/team-members',
  summary: 'Who acts for the business',
  query: listQuery,
  response: {
    200: listSchema(
      z.strictObject({
        ...personFields,
        role: z
          .enum(['CLIENT_OWNER', 'CLIENT_MANAGER'])
          .nullable()
          .describe('Null for somebody who is no client of the tenant any more'),
      }),
    ),
  },
  async handler({ actor, db, query }) {
    const rows = await listTeamMembers(db, businessKeyOf(actor), idPage(query));
    return answerIdList(rows, query, member => ({ ...viewPerson(member), role: member.role }));
  },
});

export const clientDirectoryRoutes: readonly Route[] = [
  hubs,
  hubManagers,
  costCenters,
  vendors,
  vendorRoles,
  teamMembers,
];

function viewPerson({ id: userId, displayName, email, phone, title }: PersonRow) {
  return { userId, displayName, email, phone, title };
}
