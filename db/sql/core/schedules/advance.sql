-- No row: another ticker made this slot, or the schedule is paused.
insert into core.schedules as schedule (name, last_slot)
values (${name}, ${slot})
on conflict (name) do update
set last_slot = ${slot}
where schedule.last_slot < ${slot} and not schedule.paused
returning name;
