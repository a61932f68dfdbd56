-- Always one row.
insert into marketplace.products (id, seller_id, title, description, price_cents, currency, type, tags, tax_rate)
values (${id}, ${sellerId}, ${title}, ${description}, ${priceCents}, ${currency}, ${type}, ${tags}, ${taxRate})
returning id;
