-- No row: no transfer is in one of these statuses. Each status is read no further than the limit: one that reaches it says "at least".
select wanted.status, sums.currency, sums.transfers, sums.amount_cents
from unnest(${statuses}::text[]) as wanted (status)
cross join lateral (
  select read.currency, count(*) as transfers, sum(read.amount_cents)::bigint as amount_cents
  from (
    select transfer.currency, transfer.amount_cents
    from marketplace.transfers transfer
    where transfer.status = wanted.status
    limit ${limit}
  ) read
  group by read.currency
) sums
order by sums.currency, wanted.status;
