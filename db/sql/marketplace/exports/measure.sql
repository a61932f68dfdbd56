-- Always one row: what there is to copy, about.
select
  (select count(*) from marketplace.products where seller_id = ${userId})
    + (select count(*) from marketplace.orders where buyer_id = ${userId})
    + (select count(*) from marketplace.reviews where buyer_id = ${userId})
    + (select count(*) from marketplace.transfers where seller_id = ${userId})
    + (select count(*) from marketplace.streams where user_id = ${userId})
    + (select count(*) from marketplace.gear where owner_id = ${userId})
    + (select count(*) from marketplace.gear join marketplace.gear_repairs on gear_repairs.gear_id = gear.id where owner_id = ${userId})
    + (select count(*) from marketplace.notifications where user_id = ${userId}) as rows,
  (select coalesce(sum(size_bytes), 0)::bigint from marketplace.cloud_files where owner_id = ${userId})
    + (select coalesce(sum(size_bytes), 0)::bigint from marketplace.gear join marketplace.gear_documents on gear_documents.gear_id = gear.id where owner_id = ${userId})
    as file_bytes;
