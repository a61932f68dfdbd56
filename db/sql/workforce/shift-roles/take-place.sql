-- No row: every place of the role is taken.
update workforce.shift_roles
set workers_booked = workers_booked + 1
where tenant_id = ${tenantId} and id = ${roleId} and workers_booked < workers_needed
returning id;
