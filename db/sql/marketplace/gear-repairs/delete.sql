-- No row: the owner's gear has no such repair.
delete from marketplace.gear_repairs repair
using marketplace.gear
where repair.id = ${id} and repair.gear_id = ${gearId} and gear.id = repair.gear_id and gear.owner_id = ${ownerId}
returning repair.id;
