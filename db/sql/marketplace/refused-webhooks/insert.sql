-- Always one row.
insert into marketplace.refused_webhooks (id, sha256, size_bytes, address)
values (${id}, ${sha256}, ${sizeBytes}, ${address})
returning id;
