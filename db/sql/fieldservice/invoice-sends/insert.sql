-- Always one row.
insert into fieldservice.invoice_sends (id, tenant_id, entry_id, user_id)
values (${id}, ${tenantId}, ${entryId}, ${userId})
returning id;
