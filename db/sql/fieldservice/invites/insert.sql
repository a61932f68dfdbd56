-- No row: another invite of the address was committed since the last one was superseded.
insert into fieldservice.invites (id, tenant_id, email, role, employee_id, token_hash, token_sealed, invited_by, expires_at)
values (${id}, ${tenantId}, ${email}, ${role}, ${employeeId}, ${tokenHash}, ${tokenSealed}, ${invitedBy}, now() + interval '7 days')
on conflict (tenant_id, email) where accepted_at is null and superseded_at is null do nothing
returning (select tenant.name from fieldservice.tenants tenant where tenant.id = tenant_id) as tenant_name;
