-- No row: the worker has begun no form, or not that one.
select form.form_type, form.fields, form.national_id_last4, form.status, form.submitted_at, form.updated_at
from workforce.staff
join workforce.tax_forms form on form.staff_id = staff.id
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and (${formType}::text is null or form.form_type = ${formType})
order by form.form_type;
