-- Always one row: whether the key is ours until the transaction ends.
select pg_try_advisory_xact_lock(hashtextextended(${scope}, 7264002)) as locked;
