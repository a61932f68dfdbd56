-- No row: the invite isn't open any more.
update fieldservice.invites
set accepted_at = now(), accepted_by = ${userId}, token_sealed = null
where id = ${id} and accepted_at is null and superseded_at is null and expires_at > now()
returning id;
