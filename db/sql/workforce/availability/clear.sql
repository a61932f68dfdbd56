-- No row: the worker had said nothing of these days.
delete from workforce.availability
using workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and availability.staff_id = staff.id and availability.date between ${startDate} and ${endDate}
returning availability.date;
