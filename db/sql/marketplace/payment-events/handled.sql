-- No row: there is no such event.
update marketplace.payment_events
set handled_at = now(), outcome = ${outcome}
where id = ${id}
returning id;
