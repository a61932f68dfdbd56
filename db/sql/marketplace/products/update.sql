-- No row: the seller has no such product.
update marketplace.products
set title = ${title}, description = ${description}, price_cents = ${priceCents}, currency = ${currency}, type = ${type}, tags = ${tags},
  tax_rate = ${taxRate}, updated_at = now()
where id = ${id} and seller_id = ${sellerId}
returning id;
