-- No row: no warranty ends beyond that place, up to the last day.
select id, warranty_expires_at::text as ends_on
from marketplace.gear
where (warranty_expires_at, id) > (${afterEndsOn}::date, ${afterId}::uuid) and warranty_expires_at <= ${lastDay}::date
order by warranty_expires_at, id
limit ${limit};
