-- No row: the owner has no gear beyond the offset.
select id, name, category, brand, model, serial_number, purchase_date::text as purchase_date, purchase_price_cents, currency,
  warranty_expires_at::text as warranty_expires_at, notes, created_at, updated_at
from marketplace.gear
where owner_id = ${ownerId}
order by id desc
limit ${limit} offset ${offset};
