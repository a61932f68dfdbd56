-- No row: nothing was invoiced about this.
select id, area, owner, kind, subject, issuer, series, year, number, label, document, file_key, sha256, size_bytes, rendered_at, created_at
from core.invoices
where area = ${area} and kind = ${kind} and subject = ${subject};
