-- No row: it was forgotten before.
update fieldservice.invites
set token_sealed = null
where id = ${inviteId} and token_sealed is not null
returning id;
