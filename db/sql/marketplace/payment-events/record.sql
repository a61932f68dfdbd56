-- Always one row. `is_new` is false when the event was delivered before, `is_same` when its bytes were others then.
insert into marketplace.payment_events as event (id, event_key, event_type, body, sha256, address)
values (${id}, ${eventKey}, ${eventType}, ${body}, ${sha256}, ${address})
on conflict (event_key) do update
set deliveries = event.deliveries + 1, last_received_at = now()
returning id, (deliveries = 1) as is_new, (sha256 = ${sha256}) as is_same;
