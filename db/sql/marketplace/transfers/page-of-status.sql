-- No row: no transfer is in one of these statuses, or the page is past the last one. Each status is read along its own index, no further than a page.
select page.id
from unnest(${statuses}::text[]) as wanted (status)
cross join lateral (
  select transfer.id, transfer.created_at
  from marketplace.transfers transfer
  where transfer.status = wanted.status
    and (${beforeId}::uuid is null or (transfer.created_at, transfer.id)
      < ((select created_at from marketplace.transfers where id = ${beforeId}::uuid), ${beforeId}::uuid))
  order by transfer.created_at desc, transfer.id desc
  limit ${limit}
) page
order by page.created_at desc, page.id desc
limit ${limit};
