-- No row: it would be more than the quota.
insert into marketplace.cloud_usage as usage (owner_id, used_bytes)
select ${ownerId}::uuid, ${sizeBytes}::bigint
where ${sizeBytes}::bigint <= ${quotaBytes}::bigint
on conflict (owner_id) do update
set used_bytes = usage.used_bytes + excluded.used_bytes
where usage.used_bytes + excluded.used_bytes <= ${quotaBytes}::bigint
returning used_bytes;
