-- No row: the user has a stream already.
insert into marketplace.streams (id, user_id, title, draft)
select ${id}::uuid, ${userId}::uuid, ${title}, true
where not exists (select from marketplace.streams where user_id = ${userId})
returning id;
