-- No row: the worker has nothing to do with this shift. Of several, one in a wanted status, then the newest.
select id, status, starts_at <= now() as begun, ends_at <= now() as over,
  starts_at <= now() + make_interval(secs => ${closesBeforeMs} / 1000.0) as past_swapping
from workforce.assignments
where tenant_id = ${tenantId} and staff_id = ${staffId} and shift_id = ${shiftId}
order by status = any(${wanted}::text[]) desc, id desc
limit 1
for no key update;
