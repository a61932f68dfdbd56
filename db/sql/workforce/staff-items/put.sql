-- No row: the tenant has no such worker, or asks for no such item. In the place of what was there before.
insert into workforce.staff_items (staff_id, item_id, file_id, verification_id, metadata)
select staff.id, item.id, ${fileId}, ${verificationId}, ${metadata}::jsonb
from workforce.staff
join workforce.required_items item on item.tenant_id = staff.tenant_id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and item.id = ${itemId}
on conflict (staff_id, item_id) do update
set file_id = excluded.file_id, verification_id = excluded.verification_id, metadata = excluded.metadata, uploaded_at = now()
returning item_id;
