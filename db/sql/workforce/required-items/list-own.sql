-- No row: the tenant asks nothing of this kind, has no such item, or has no such worker. With what the worker has sent in, all null where that is nothing.
select item.id, item.code, item.name, item.description, item.required, sent.metadata, sent.uploaded_at,
  file.storage_key, file.visibility, file.content_type, file.size_bytes, verification.id as verification_id, verification.status
from workforce.staff
join workforce.required_items item on item.tenant_id = staff.tenant_id
left join workforce.staff_items sent on sent.staff_id = staff.id and sent.item_id = item.id
left join workforce.files file on file.id = sent.file_id
left join workforce.verifications verification on verification.id = sent.verification_id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and item.kind = ${kind} and (${itemId}::uuid is null or item.id = ${itemId})
order by item.required desc, item.name, item.id
limit 200;
