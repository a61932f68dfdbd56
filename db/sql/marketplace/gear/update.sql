-- No row: the owner has no such gear.
update marketplace.gear
set name = ${name}, category = ${category}, brand = ${brand}, model = ${model}, serial_number = ${serialNumber},
  purchase_date = ${purchaseDate}, purchase_price_cents = ${purchasePriceCents}, currency = ${currency},
  warranty_expires_at = ${warrantyExpiresAt}, notes = ${notes}, updated_at = now()
where id = ${id} and owner_id = ${ownerId}
returning id, name, category, brand, model, serial_number, purchase_date::text as purchase_date, purchase_price_cents, currency,
  warranty_expires_at::text as warranty_expires_at, notes, created_at, updated_at;
