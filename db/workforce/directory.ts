import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { BusinessKey } from './business-key.ts';
import type { HubRow } from './hubs.ts';

export interface NamedRow {
  id: string;
  name: string;
}

export interface CostCenterRow extends NamedRow {
  code: string;
}

export interface VendorRoleRow extends NamedRow {
  code: string;
  /** For the client. */
  hourlyRateCents: number;
}

export interface PersonRow {
  id: string;
  displayName: string;
  email: string | null;
  phone: string | null;
  /** What they are in the business, in its own words. */
  title: string;
}

export interface TeamMemberRow extends PersonRow {
  /** Null for somebody who is no client of the tenant any more. */
  role: 'CLIENT_OWNER' | 'CLIENT_MANAGER' | null;
}

/** Of a list by id, newest first. */
export interface IdPage {
  afterId: string | null;
  limit: number;
}

const hubsSql = sql('workforce/directory/hubs', { replan: true });
const findHubSql = sql('workforce/directory/find-hub');
const hubManagersSql = sql('workforce/directory/hub-managers', { replan: true });
const costCentersSql = sql('workforce/directory/cost-centers', { replan: true });
const vendorsSql = sql('workforce/directory/vendors', { replan: true });
const findVendorSql = sql('workforce/vendor-roles/find-vendor');
const vendorRolesSql = sql('workforce/directory/vendor-roles', { replan: true });
const teamMembersSql = sql('workforce/directory/team-members', { replan: true });

export function listHubs(db: Connection, business: BusinessKey, page: IdPage): Promise<HubRow[]> {
  return db.any<HubRow>(hubsSql({ ...business, ...page }));
}

export async function hasHub(db: Connection, business: BusinessKey, hubId: string): Promise<boolean> {
  return (await db.oneOrNone(findHubSql({ ...business, hubId }))) !== null;
}

export function listHubManagers(
  db: Connection,
  business: BusinessKey,
  hubId: string,
  page: IdPage,
): Promise<PersonRow[]> {
  return db.any<PersonRow>(hubManagersSql({ ...business, ...page, hubId }));
}

export function listCostCenters(db: Connection, business: BusinessKey, page: IdPage): Promise<CostCenterRow[]> {
  return db.any<CostCenterRow>(costCentersSql({ ...business, ...page }));
}

/** The tenant's: every business may order from each of them. */
export function listVendors(db: Connection, { tenantId }: { tenantId: string }, page: IdPage): Promise<NamedRow[]> {
  return db.any<NamedRow>(vendorsSql({ tenantId, ...page }));
}

export async function hasVendor(
  db: Connection,
  { tenantId }: { tenantId: string },
  vendorId: string,
): Promise<boolean> {
  return (await db.oneOrNone(findVendorSql({ tenantId, vendorId }))) !== null;
}

/** The kinds of work that a vendor offers now. */
export function listVendorRoles(
  db: Connection,
  { tenantId }: { tenantId: string },
  vendorId: string,
  page: IdPage,
): Promise<VendorRoleRow[]> {
  return db.any<VendorRoleRow>(vendorRolesSql({ tenantId, ...page, vendorId }));
}

/** Who acts for the business. */
export function listTeamMembers(db: Connection, business: BusinessKey, page: IdPage): Promise<TeamMemberRow[]> {
  return db.any<TeamMemberRow>(teamMembersSql({ ...business, ...page }));
}
