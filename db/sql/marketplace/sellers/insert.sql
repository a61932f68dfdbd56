-- No row: this user is a seller already.
insert into marketplace.sellers (user_id)
values (${userId})
on conflict (user_id) do nothing
returning user_id;
