-- Answers no row: this only writes.
insert into workforce.business_members (business_id, user_id)
values (${businessId}, ${userId});
