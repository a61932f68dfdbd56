-- No row for an id: its job was claimed or has ended, so its dead letter means nothing. The fence rises, too: of the message that
-- died it may not have been noted yet that the broker has it, and a row that said so now would wait for nothing.
update core.jobs
set dead_letters = dead_letters + case when isolate then 1 else 0 end, isolate = true, state = 'pending', due_at = now(),
  queued_at = null, nudges = 0, claim_no = claim_no + 1, rev = rev + 1
where id in (
  select id from core.jobs where id = any(${ids}::uuid[]) and state in ('pending', 'queued') order by id for update
)
returning id, dead_letters;
