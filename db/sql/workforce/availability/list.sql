-- No row: the worker has said nothing of these days.
select availability.date, availability.status, availability.slots
from workforce.availability
join workforce.staff on staff.id = availability.staff_id
where staff.tenant_id = ${tenantId} and availability.staff_id = ${staffId} and availability.date between ${startDate} and ${endDate}
order by availability.date;
