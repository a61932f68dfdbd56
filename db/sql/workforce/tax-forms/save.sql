-- No row: the tenant has no such worker. What is null stays as it was; a submitted form is a draft again.
insert into workforce.tax_forms (staff_id, form_type, fields, national_id_sealed, national_id_last4)
select staff.id, ${formType}, coalesce(${fields}::jsonb, '{}'), ${nationalIdSealed}, ${nationalIdLast4}
from workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId}
on conflict (staff_id, form_type) do update
set fields = coalesce(${fields}::jsonb, tax_forms.fields),
  national_id_sealed = coalesce(excluded.national_id_sealed, tax_forms.national_id_sealed),
  national_id_last4 = coalesce(excluded.national_id_last4, tax_forms.national_id_last4),
  status = 'DRAFT', submitted_at = null, updated_at = now()
returning form_type, fields, national_id_last4, status, submitted_at, updated_at;
