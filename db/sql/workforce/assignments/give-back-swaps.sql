-- No row: no swap has run out. Rows that somebody holds are left for the next time.
update workforce.assignments
set status = 'ACCEPTED', updated_at = now()
where id in (
  select id
  from workforce.assignments
  where status = 'SWAP_REQUESTED' and (
    starts_at <= now() + make_interval(secs => ${closesBeforeMs} / 1000.0)
    or swap_requested_at <= now() - make_interval(secs => ${lastsMs} / 1000.0)
  )
  order by id
  limit ${limit}
  for no key update skip locked
)
returning id;
