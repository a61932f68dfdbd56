-- No row: these are no shifts of the tenant's.
update workforce.shifts
set date = moved.date, starts_at = moved.starts_at, ends_at = moved.ends_at
from unnest(${ids}::uuid[], ${dates}::date[], ${startsAt}::timestamptz[], ${endsAt}::timestamptz[]) as moved (id, date, starts_at, ends_at)
where shifts.tenant_id = ${tenantId} and shifts.id = moved.id
returning shifts.id;
