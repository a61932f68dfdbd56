-- No row: the worker has no such assignment.
select shift_id
from workforce.assignments
where tenant_id = ${tenantId} and staff_id = ${staffId} and id = ${assignmentId};
