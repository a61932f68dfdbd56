-- Answers no row: this only writes.
insert into workforce.businesses (id, tenant_id, name, billing_email)
values (${id}, ${tenantId}, ${name}, ${billingEmail});
