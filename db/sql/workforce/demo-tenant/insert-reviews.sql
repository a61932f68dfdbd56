-- Always as many rows as reviews.
insert into workforce.staff_reviews (id, tenant_id, assignment_id, staff_id, business_id, rating, comment, created_by)
select review.id, ${tenantId}, assignments.id, assignments.staff_id, assignments.business_id, review.rating, review.comment, ${createdBy}
from unnest(${ids}::uuid[], ${assignmentIds}::uuid[], ${ratings}::smallint[], ${comments}::text[]) as review (id, assignment_id, rating, comment)
join workforce.assignments on assignments.id = review.assignment_id
returning id;
