-- Always one row: the user's profile in the tenant, new or as it is by now.
insert into workforce.staff (id, tenant_id, user_id, full_name, phone, email, preferred_locations, industries, skills)
values (${id}, ${tenantId}, ${userId}, ${fullName}, ${phone}, ${email}, ${preferredLocations}, ${industries}, ${skills})
on conflict (tenant_id, user_id) do update
set full_name = excluded.full_name, phone = excluded.phone, preferred_locations = excluded.preferred_locations,
  industries = excluded.industries, skills = excluded.skills, updated_at = now()
returning id;
