-- No row: there is no such event, or it has been reaped.
select id, event_key, event_type, body, deliveries, received_at, handled_at, outcome
from marketplace.payment_events
where id = ${id};
