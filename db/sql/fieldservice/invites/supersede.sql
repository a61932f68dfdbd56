-- No row: the address had no open invite.
update fieldservice.invites
set superseded_at = now(), token_sealed = null
where tenant_id = ${tenantId} and email = ${email} and accepted_at is null and superseded_at is null
returning id;
