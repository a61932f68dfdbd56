-- No row: the owner has no such gear.
delete from marketplace.gear
where id = ${id} and owner_id = ${ownerId}
returning id;
