-- No row: nothing fits, or nothing older. Ids of version 7 are in the order of time; a process's clock may be off by a little.
select id, actor, action, subject, reason, affected, details, at
from core.audit
where id < ${beforeId} and id >= ${fromId}
  and (${actor}::text is null or actor = ${actor})
  and (${action}::text is null or action = ${action})
  and (${subject}::text is null or subject = ${subject})
  and (${from}::timestamptz is null or at >= ${from})
  and (${to}::timestamptz is null or at < ${to})
order by id desc
limit ${limit};
