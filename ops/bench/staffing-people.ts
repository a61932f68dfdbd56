import type { Database } from './services.ts';

/** Whom the work of `staffing-data.ts` is given to: also in the temporary tables `made_hubs` and `made_staff`, numbered. */
export interface StaffingPeople {
  tenantId: string;
  businessIds: string[];
  vendorIds: string[];
  /** Of one vendor's kinds of work, six of them. */
  roleIds: string[];
  clientUserId: string;
}

const businesses = 5;
const vendors = 3;
const roleNames = ['Server', 'Cook', 'Bartender', 'Dishwasher', 'Host', 'Runner'];

/** One tenant with its businesses, hubs, vendors and staff. Needs `pg_temp.make_id`. */
export async function fillStaffingPeople(tx: Pick<Database, 'one' | 'none'>, staff: number): Promise<StaffingPeople> {
  const given = { businesses, vendors, roleNames, staff };
  const people = await tx.one<StaffingPeople>(chooseIds, given);
  for (const statement of statements) await tx.none(statement, { ...given, ...people });
  return people;
}

const chooseIds = `
  with born as (select now() - interval '3 years' as at)
  select pg_temp.make_id(at, 'tenant') as "tenantId", pg_temp.make_id(at, 'client-1') as "clientUserId",
    (select array_agg(pg_temp.make_id(at, 'business-' || n) order by n) from generate_series(1, \${businesses}) n) as "businessIds",
    (select array_agg(pg_temp.make_id(at, 'vendor-' || n) order by n) from generate_series(1, \${vendors}) n) as "vendorIds",
    (select array_agg(pg_temp.make_id(at, 'kind-1-' || n) order by n) from generate_series(1, 6) n) as "roleIds"
  from born`;

const statements = [
  `insert into workforce.tenants (id, name) values (\${tenantId}, 'Bench Staffing')`,
  `insert into workforce.users (id, identity_uid, email, display_name)
  select pg_temp.make_id(now() - interval '3 years', kind || '-' || n), kind || '-' || n, kind || '-' || n || '@example.com', initcap(kind) || ' ' || n
  from (select 'client' as kind, n from generate_series(1, 5 * \${businesses}) n union all select 'staff', n from generate_series(1, \${staff}) n) users`,
  `insert into workforce.memberships (user_id, tenant_id, role)
  select id, \${tenantId}, case when identity_uid like 'staff-%' then 'STAFF' else 'CLIENT_OWNER' end from workforce.users`,
  `insert into workforce.businesses (id, tenant_id, name)
  select id, \${tenantId}, 'Business ' || n from unnest(\${businessIds}::uuid[]) with ordinality as business(id, n)`,
  `insert into workforce.business_members (business_id, user_id, title)
  select (\${businessIds}::uuid[])[1 + (n - 1) % \${businesses}], users.id, 'Manager'
  from generate_series(1, 5 * \${businesses}) n
  join workforce.users on identity_uid = 'client-' || n`,
  `insert into workforce.vendors (id, tenant_id, name)
  select id, \${tenantId}, 'Vendor ' || n from unnest(\${vendorIds}::uuid[]) with ordinality as vendor(id, n)`,
  `insert into workforce.vendor_roles (id, tenant_id, vendor_id, code, name, hourly_rate_cents, pay_rate_cents, market_rate_cents)
  select pg_temp.make_id(now() - interval '3 years', 'kind-' || vendor.n || '-' || k), \${tenantId}, vendor.id, upper(name), name,
    2000 + 250 * k, 1500 + 200 * k, 2400 + 275 * k
  from unnest(\${vendorIds}::uuid[]) with ordinality as vendor(id, n), unnest(\${roleNames}::text[]) with ordinality as kind(name, k)`,
  // The first business has twelve hubs, the four others two each.
  `create temp table made_hubs on commit drop as
  select n, pg_temp.make_id(now() - interval '3 years', 'hub-' || n) as id,
    (\${businessIds}::uuid[])[case when n < 12 then 1 else 2 + (n - 12) / 2 end] as business_id,
    (array['America/New_York', 'America/Chicago', 'America/Los_Angeles'])[1 + n % 3] as time_zone
  from generate_series(0, 19) n`,
  `insert into workforce.hubs (id, tenant_id, business_id, name, latitude, longitude, time_zone)
  select id, \${tenantId}, business_id, 'Hub ' || n, 40, -74, time_zone from made_hubs`,
  `create temp table made_staff on commit drop as
  select n, pg_temp.make_id(now() - interval '3 years', 'worker-' || n) as id, users.id as user_id
  from generate_series(1, \${staff}) n
  join workforce.users on identity_uid = 'staff-' || n`,
  `insert into workforce.staff (id, tenant_id, user_id, vendor_id, full_name)
  select id, \${tenantId}, user_id, (\${vendorIds}::uuid[])[1 + n % \${vendors}], 'Worker ' || n from made_staff`,
  `insert into workforce.favorite_staff (business_id, staff_id) select (\${businessIds}::uuid[])[1], id from made_staff where n % 50 = 0`,
];
