-- No row: the session has ended, or is not this user's.
select users.role
from marketplace.sessions
join marketplace.users on users.id = sessions.user_id
where sessions.id = ${id}
  and sessions.user_id = ${userId}
  and sessions.revoked_at is null
  and sessions.expires_at > now();
