-- Always one row.
select count(*) as transfers
from (
  select from marketplace.transfers where status = 'permanently_failed' limit 10000
) failed;
