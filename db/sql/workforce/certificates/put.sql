-- No row: the tenant has no such worker, or they have as many certificates as one may have. In the place of the one of this type, if there is one.
insert into workforce.certificates (id, staff_id, certificate_type, name, issuer, number, issued_on, expires_on, file_id, verification_id)
select ${id}, staff.id, ${certificateType}, ${name}, ${issuer}, ${number}, ${issuedOn}::date, ${expiresOn}::date, ${fileId}, ${verificationId}
from workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
  and (select count(*) from workforce.certificates where staff_id = staff.id and certificate_type <> ${certificateType}) < ${maxCertificates}
on conflict (staff_id, certificate_type) do update
set name = excluded.name, issuer = excluded.issuer, number = excluded.number, issued_on = excluded.issued_on, expires_on = excluded.expires_on,
  file_id = excluded.file_id, verification_id = excluded.verification_id, uploaded_at = now()
returning id;
