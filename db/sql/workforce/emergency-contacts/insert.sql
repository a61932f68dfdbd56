-- No row: the tenant has no such worker, or they have as many contacts as one may have. Their row is locked by the caller.
insert into workforce.emergency_contacts (id, staff_id, full_name, phone, relationship)
select ${id}, staff.id, ${fullName}, ${phone}, ${relationship}
from workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
  and (select count(*) from workforce.emergency_contacts where staff_id = staff.id) < ${maxContacts}
returning id, full_name, phone, relationship, created_at;
