-- No row: the worker has named nobody yet. In the order in which they were named.
select contact.id, contact.full_name, contact.phone, contact.relationship, contact.created_at
from workforce.emergency_contacts contact
join workforce.staff on staff.id = contact.staff_id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
order by contact.id
limit 100;
