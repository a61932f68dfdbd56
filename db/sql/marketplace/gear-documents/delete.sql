-- No row: the owner's gear has no such document.
delete from marketplace.gear_documents document
using marketplace.gear
where document.id = ${id} and document.gear_id = ${gearId} and gear.id = document.gear_id and gear.owner_id = ${ownerId}
returning document.id;
