-- No row: no record is older than the cut.
delete from core.idempotency
where ctid in (
  select ctid from core.idempotency
  where created_at < now() - ${keepMs} * interval '1 ms'
  limit ${limit} for update skip locked
)
returning key;
