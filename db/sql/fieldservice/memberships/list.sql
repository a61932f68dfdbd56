-- No row: the tenant has no members after that place.
select member.user_id, person.display_name, person.email, member.role, member.employee_id,
  to_char(member.joined_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as joined_at
from fieldservice.memberships member
join fieldservice.users person on person.id = member.user_id
where member.tenant_id = ${tenantId} and member.active
  and (member.joined_at, member.user_id) > (coalesce(${afterJoinedAt}::timestamptz, '-infinity'), coalesce(${afterUserId}::uuid, '00000000-0000-0000-0000-000000000000'))
order by member.joined_at, member.user_id
limit ${limit};
