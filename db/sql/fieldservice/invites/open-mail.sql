-- No row: nobody may use the invite any more, or its mail has gone.
select invite.email, tenant.name as tenant_name, inviter.display_name as inviter_name, invite.role, invite.token_sealed, invite.expires_at
from fieldservice.invites invite
join fieldservice.tenants tenant on tenant.id = invite.tenant_id
join fieldservice.users inviter on inviter.id = invite.invited_by
where invite.id = ${inviteId} and invite.accepted_at is null and invite.superseded_at is null and invite.expires_at > now()
  and invite.token_sealed is not null;
