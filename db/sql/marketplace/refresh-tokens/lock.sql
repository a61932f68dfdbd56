-- No row: we never gave such a token out, or have reaped it.
select session_id, successor, coalesce(used_at <= now() - make_interval(secs => ${graceS}), false) as stale
from marketplace.refresh_tokens
where hash = ${hash}
for update;
