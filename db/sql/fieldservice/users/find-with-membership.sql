-- No row: nobody with that subject has called before.
select person.id, person.email, person.display_name, member.tenant_id, member.role, member.employee_id, member.former_employee_ids
from fieldservice.users person
left join fieldservice.memberships member on member.user_id = person.id and member.tenant_id = ${tenantId} and member.active
where person.subject = ${subject};
