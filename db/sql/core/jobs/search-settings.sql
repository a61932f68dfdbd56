-- Always one row. For the rest of the transaction each statement goes by an index in its order, however stale the statistics are.
select set_config('enable_seqscan', 'off', true) as seqscan, set_config('enable_bitmapscan', 'off', true) as bitmapscan;
