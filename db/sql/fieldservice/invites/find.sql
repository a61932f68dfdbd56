-- No row: there is no invite with that token.
select id, tenant_id, email, role, employee_id,
  case
    when accepted_at is not null then 'used'
    when superseded_at is not null then 'superseded'
    when expires_at <= now() then 'expired'
    else 'open'
  end as state
from fieldservice.invites
where token_hash = ${tokenHash};
