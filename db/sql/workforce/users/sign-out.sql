-- No row: there is no such user.
update workforce.users
set signed_out_at = greatest(signed_out_at, now())
where id = ${id}
returning signed_out_at;
