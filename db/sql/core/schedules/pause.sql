-- Always one row. One that never fired has no slot behind it: when it is resumed, its latest slot is due.
insert into core.schedules (name, last_slot, paused)
values (${name}, '-infinity', ${paused})
on conflict (name) do update
set paused = excluded.paused
returning name;
