-- No row: the session has ended.
update marketplace.sessions
set expires_at = now() + make_interval(secs => ${lifetimeS})
from marketplace.users
where sessions.id = ${id}
  and users.id = sessions.user_id
  and sessions.revoked_at is null
  and sessions.expires_at > now()
returning sessions.id as session_id, users.id as user_id, users.role;
