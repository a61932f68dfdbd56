-- No row: the refund is not in the status that it is to be moved from, or another of its order stands in the way.
update marketplace.refunds
set status = ${to}, failure = ${failure}, settled_at = now(), check_at = null
where id = ${id} and status = ${from}
returning id;
