-- No row: nobody has this address.
select id, username, email, role, password_hash, created_at
from marketplace.users
where lower(email) = lower(${email});
