-- Always as many rows as were given.
insert into core.kind_minutes as kept (minute, kind, accepted, succeeded, failed, retried, ready, running, retrying, oldest_s, p50_ms, p99_ms)
select date_trunc('minute', now()), kind, accepted, succeeded, failed, retried, ready, running, retrying, oldest_s, p50_ms, p99_ms
from jsonb_to_recordset(${rows}::jsonb) as given (
  kind text, accepted integer, succeeded integer, failed integer, retried integer, ready integer, running integer, retrying integer,
  oldest_s real, p50_ms real, p99_ms real
)
on conflict (minute, kind) do update
set accepted = kept.accepted + excluded.accepted, succeeded = kept.succeeded + excluded.succeeded,
  failed = kept.failed + excluded.failed, retried = kept.retried + excluded.retried,
  ready = greatest(kept.ready, excluded.ready), running = greatest(kept.running, excluded.running),
  retrying = greatest(kept.retrying, excluded.retrying), oldest_s = greatest(kept.oldest_s, excluded.oldest_s),
  p50_ms = coalesce(excluded.p50_ms, kept.p50_ms), p99_ms = coalesce(excluded.p99_ms, kept.p99_ms)
returning kept.kind;
