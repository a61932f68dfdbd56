-- No row for an id: there is no such product.
select id, seller_id, title, price_cents, currency, tax_rate::float8 as tax_rate
from marketplace.products
where id = any(${ids}::uuid[]);
