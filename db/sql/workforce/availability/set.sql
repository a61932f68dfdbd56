-- No row: the tenant has no such worker.
insert into workforce.availability (staff_id, date, status, slots)
select id, ${date}::date, ${status}::text, ${slots}::jsonb
from workforce.staff
where tenant_id = ${tenantId} and id = ${staffId}
on conflict (staff_id, date) do update
set status = excluded.status, slots = excluded.slots, updated_at = now()
returning date, status, slots;
