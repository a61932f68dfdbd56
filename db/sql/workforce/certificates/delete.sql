-- No row: the worker has no certificate of this type.
delete from workforce.certificates
using workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and certificates.staff_id = staff.id and certificates.certificate_type = ${certificateType}
returning certificates.id;
