-- No row: the assignment has been reviewed before.
insert into workforce.staff_reviews (id, tenant_id, assignment_id, staff_id, business_id, rating, comment, created_by)
values (${id}, ${tenantId}, ${assignmentId}, ${staffId}, ${businessId}, ${rating}, ${comment}, ${createdBy})
on conflict (assignment_id) do nothing
returning id, assignment_id, staff_id, rating, comment, created_at;
