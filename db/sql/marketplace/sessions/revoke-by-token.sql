-- No row: no such token, or its session was revoked before.
update marketplace.sessions
set revoked_at = now()
from marketplace.refresh_tokens
where refresh_tokens.hash = ${hash}
  and sessions.id = refresh_tokens.session_id
  and sessions.revoked_at is null
returning sessions.id;
