-- No row: there is no such operator. What is null stays as it is.
update core.operators
set role = coalesce(${role}, role), password_hash = coalesce(${passwordHash}, password_hash),
  disabled_at = case when ${disabled}::boolean is null then disabled_at when ${disabled} then coalesce(disabled_at, now()) end
where id = ${id}
returning id, email, name, role, created_at, disabled_at;
