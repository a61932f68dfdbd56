-- No row: each of them was paused, or ran, already.
insert into core.queues (kind, paused)
select kind, ${paused}::boolean
from unnest(${kinds}::text[]) as given (kind)
left join core.queues setting using (kind)
where coalesce(setting.paused, false) <> ${paused}::boolean
order by kind
on conflict (kind) do update
set paused = excluded.paused, updated_at = now()
returning kind;
