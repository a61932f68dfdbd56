-- No row: the owner has as many as one may have.
insert into marketplace.gear
  (id, owner_id, name, category, brand, model, serial_number, purchase_date, purchase_price_cents, currency, warranty_expires_at, notes)
select ${id}::uuid, ${ownerId}::uuid, ${name}, ${category}, ${brand}, ${model}, ${serialNumber}, ${purchaseDate}::date,
  ${purchasePriceCents}::bigint, ${currency}, ${warrantyExpiresAt}::date, ${notes}
where (select count(*) from marketplace.gear where owner_id = ${ownerId}) < ${maxPerOwner}
returning id, name, category, brand, model, serial_number, purchase_date::text as purchase_date, purchase_price_cents, currency,
  warranty_expires_at::text as warranty_expires_at, notes, created_at, updated_at;
