-- No row: there is none, or none older. Who closed it, and why, is in the audit.
select alert.id, alert.kind, alert.subject, alert.details, alert.count, alert.raised_at, alert.last_raised_at, alert.resolved_at,
  closing.actor as closed_by, closing.reason as close_reason
from core.alerts alert
left join lateral (
  select actor, reason
  from core.audit
  where alert.resolved_at is not null and subject = alert.id::text and action = 'alert.close'
  order by id desc
  limit 1
) closing on true
where (alert.resolved_at is null) = ${isOpen}::boolean and alert.id < ${beforeId}
order by alert.id desc
limit ${limit};
