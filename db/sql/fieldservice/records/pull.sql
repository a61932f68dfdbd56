-- No row: they are not a member of that tenant. One row without a record: nothing has changed since then.
select to_char(tenant.changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as newest, clock_timestamp() as now,
  member.role, member.employee_id,
  change.id, change.entity, change.payload, change.deleted, change.visible,
  to_char(change.changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as changed_at
from fieldservice.memberships member
join fieldservice.tenants tenant on tenant.id = member.tenant_id
left join lateral (
  select record.id, record.entity, record.payload, record.changed_at, record.deleted_at is not null as deleted, sight.visible
  from fieldservice.records record
  cross join lateral (
    select member.role = 'manager' or record.entity <> 'finance_entry'
      or coalesce(record.payload ->> 'kind' = 'payrollEmployee' and record.payload ->> 'employeeId' = member.employee_id::text, false)
      as visible
  ) sight
  where record.tenant_id = tenant.id and record.changed_at > coalesce(${since}::timestamptz, '-infinity')
    and (sight.visible or record.seen_by && (member.former_employee_ids || member.employee_id))
  order by record.changed_at
  limit ${limit}
) change on true
where member.tenant_id = ${tenantId} and member.user_id = ${userId} and member.active
order by change.changed_at;
