-- No row: the seller has no such product.
select title, description, price_cents, currency, type, tags, tax_rate::float8 as tax_rate
from marketplace.products
where id = ${id} and seller_id = ${sellerId}
for no key update;
