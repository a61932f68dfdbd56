-- Always one row.
insert into marketplace.sessions (id, user_id, expires_at)
values (${id}, ${userId}, now() + make_interval(secs => ${lifetimeS}))
returning id;
