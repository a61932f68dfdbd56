-- No row: the owner's gear has no repair beyond the offset.
select repair.id, repair.gear_id, repair.repair_date::text as repair_date, repair.description, repair.cost_cents, repair.currency,
  repair.provider, repair.created_at
from marketplace.gear_repairs repair
join marketplace.gear on gear.id = repair.gear_id and gear.owner_id = ${ownerId}
where repair.gear_id = ${gearId}
order by repair.repair_date desc, repair.id desc
limit ${limit} offset ${offset};
