-- No row: these shifts have no roles. With how many places of each have a worker who has not dropped out.
select role.id, role.shift_id, role.name, role.rate_cents, role.workers_needed, count(assignments.id)::integer as workers_confirmed, role.starts_at,
  role.ends_at, role.lunch_break_minutes, role.paid_break, role.instant_book
from workforce.shift_roles role
left join workforce.assignments on assignments.shift_id = role.shift_id and assignments.shift_role_id = role.id and assignments.status = any(${booked}::text[])
where role.tenant_id = ${tenantId} and role.shift_id = any(${shiftIds}::uuid[])
group by role.id
order by role.starts_at, role.id;
