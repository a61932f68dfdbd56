-- Always one row; a second export of a user while one runs breaks the unique index.
insert into marketplace.exports (id, user_id, file_key)
values (${id}, ${userId}, ${fileKey})
returning id;
