-- No row: the gear has as many as it may have. Its owner holds its lock.
insert into marketplace.gear_repairs (id, gear_id, repair_date, description, cost_cents, currency, provider)
select ${id}::uuid, ${gearId}::uuid, ${repairDate}::date, ${description}, ${costCents}::bigint, ${currency}, ${provider}
where (select count(*) from marketplace.gear_repairs where gear_id = ${gearId}) < ${maxPerGear}
returning id, gear_id, repair_date::text as repair_date, description, cost_cents, currency, provider, created_at;
