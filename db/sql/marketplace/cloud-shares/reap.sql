-- No row: no share ended so long ago.
delete from marketplace.cloud_shares
where token_hash in (
  select token_hash from marketplace.cloud_shares
  where expires_at < now() - ${keepMs} * interval '1 ms'
  limit ${limit} for update skip locked
)
returning token_hash;
