-- No row for an id: there is no such product. In the order of the ids.
select product.id, seller_id, username as seller_username, title, description, price_cents, currency, type, tags, tax_rate::float8 as tax_rate,
  product.created_at, updated_at
from unnest(${ids}::uuid[]) with ordinality as wanted(id, place)
join marketplace.products product using (id)
join marketplace.users seller on seller.id = seller_id
order by place;
