-- No row: no worker has been seen for a day. Those that live come first, however many have come and gone.
select id, name, version, kinds, running, started_at, seen_at, lease_until, lost_at, stopped_at, stats,
  (lease_until > now() and lost_at is null and stopped_at is null) as alive
from core.workers
order by lease_until desc
limit 500;
