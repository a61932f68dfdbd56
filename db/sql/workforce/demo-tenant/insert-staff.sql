-- Always as many rows as workers, of one vendor and the other by turns.
with worker as (
  insert into workforce.staff (id, tenant_id, user_id, vendor_id, full_name, phone, email, date_of_birth, address, preferred_locations, industries, skills)
  select id, ${tenantId}, user_id, (${vendorIds}::uuid[])[1 + number % 2], full_name, phone, email, date '1984-02-29' + number::integer * 97,
    number || ' Pier Street, New York, NY', array['Downtown'], array['Hospitality'],
    case when number % 2 = 0 then array['Server', 'Bartender'] else array['Cook', 'Dishwasher'] end
  from unnest(${ids}::uuid[], ${userIds}::uuid[], ${names}::text[], ${phones}::text[], ${emails}::text[])
    with ordinality as person (id, user_id, full_name, phone, email, number)
  returning id
), benefit as (
  insert into workforce.benefits (id, staff_id, code, title, entitled_hours, used_hours)
  select gen_random_uuid(), worker.id, benefit.code, benefit.title, benefit.entitled_hours, benefit.used_hours
  from worker, (values ('SICK', 'Sick leave', 40, 8), ('VACATION', 'Vacation', 80, 24)) as benefit (code, title, entitled_hours, used_hours)
)
select id from worker;
