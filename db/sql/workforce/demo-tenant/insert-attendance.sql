-- Always as many rows as workers who came; who has not gone yet is still there.
insert into workforce.attendance
  (id, tenant_id, assignment_id, staff_id, business_id, status, clock_in_at, clock_in_method, late, clock_out_at, clock_out_method)
select presence.id, ${tenantId}, assignments.id, assignments.staff_id, assignments.business_id,
  case when presence.clock_out_at is null then 'OPEN' else 'CLOSED' end, presence.clock_in_at, presence.method, presence.late, presence.clock_out_at,
  case when presence.clock_out_at is not null then presence.method end
from unnest(${ids}::uuid[], ${assignmentIds}::uuid[], ${clockInAt}::timestamptz[], ${clockOutAt}::timestamptz[], ${methods}::text[], ${late}::boolean[])
  as presence (id, assignment_id, clock_in_at, clock_out_at, method, late)
join workforce.assignments on assignments.id = presence.assignment_id
returning id;
