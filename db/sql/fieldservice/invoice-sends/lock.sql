-- Always one row. Who invoices or sends for the tenant waits until this transaction has ended.
select pg_advisory_xact_lock(hashtextextended('fieldservice invoices of ' || ${tenantId}::uuid::text, 0));
