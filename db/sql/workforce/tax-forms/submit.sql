-- No row: there is no such draft, or something is missing in it. A national id is a must on the W-4 alone: on the I-9 it is the worker's choice.
update workforce.tax_forms
set status = 'SUBMITTED', submitted_at = now(), updated_at = now()
from workforce.staff
where staff.tenant_id = ${tenantId} and staff.id = ${staffId} and tax_forms.staff_id = staff.id and tax_forms.form_type = ${formType}
  and tax_forms.status = 'DRAFT' and tax_forms.fields <> '{}' and (tax_forms.form_type <> 'W4' or tax_forms.national_id_sealed is not null)
returning tax_forms.form_type, tax_forms.fields, tax_forms.national_id_last4, tax_forms.status, tax_forms.submitted_at, tax_forms.updated_at;
