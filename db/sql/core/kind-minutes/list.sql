-- No row: nothing was counted since then. One row for each kind and step of `stepS` seconds.
select kind, extract(epoch from date_bin(${stepS} * interval '1 second', minute, 'epoch'::timestamptz))::float8 as at_s,
  sum(accepted) as accepted, sum(succeeded) as succeeded, sum(failed) as failed, sum(retried) as retried,
  max(ready) as ready, max(running) as running, max(retrying) as retrying, max(oldest_s) as oldest_s,
  max(p50_ms) as p50_ms, max(p99_ms) as p99_ms
from core.kind_minutes
where minute >= now() - ${sinceS} * interval '1 second' and (${kind}::text is null or kind = ${kind})
group by 1, 2
order by 2, 1;
