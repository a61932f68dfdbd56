-- No row: the worker has no certificate, or none of that type. The newest first.
select certificate.id, certificate.certificate_type, certificate.name, certificate.issuer, certificate.number, certificate.issued_on,
  certificate.expires_on, certificate.uploaded_at, file.storage_key, file.visibility, file.content_type, file.size_bytes,
  verification.id as verification_id, verification.status
from workforce.staff
join workforce.certificates certificate on certificate.staff_id = staff.id
join workforce.files file on file.id = certificate.file_id
left join workforce.verifications verification on verification.id = certificate.verification_id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and (${certificateType}::text is null or certificate.certificate_type = ${certificateType})
order by certificate.id desc
limit 200;
