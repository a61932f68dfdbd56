-- No row: the tenant has no such assignment, or it is not at the named business.
select status, staff_id, business_id
from workforce.assignments
where tenant_id = ${tenantId} and id = ${assignmentId} and (${businessId}::uuid is null or business_id = ${businessId});
