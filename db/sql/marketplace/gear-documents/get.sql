-- No row: the owner's gear has no such document.
select document.id, document.gear_id, document.type, document.filename, document.mime_type, document.size_bytes, document.sha256,
  document.storage_key, document.created_at
from marketplace.gear_documents document
join marketplace.gear on gear.id = document.gear_id and gear.owner_id = ${ownerId}
where document.id = ${id} and document.gear_id = ${gearId};
