-- Always one row.
insert into fieldservice.devices (tenant_id, device_id, user_id)
values (${tenantId}, ${deviceId}, ${userId})
on conflict (tenant_id, device_id) do update set user_id = excluded.user_id, activated_at = now()
returning device_id;
