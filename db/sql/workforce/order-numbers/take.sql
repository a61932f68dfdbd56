-- Always one row. Its row lock makes the tenant's other new orders wait until this transaction has ended.
insert into workforce.order_numbers as numbers (tenant_id, last_number)
values (${tenantId}, 1)
on conflict (tenant_id) do update set last_number = numbers.last_number + 1
returning last_number;
