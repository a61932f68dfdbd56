-- No row: the user is a manager of the hub already.
insert into workforce.hub_managers (hub_id, user_id)
values (${hubId}, ${userId})
on conflict do nothing
returning user_id;
