-- No row: there is no such invoice.
select id, area, owner, kind, subject, issuer, series, year, number, label, document, file_key, sha256, size_bytes, rendered_at, created_at
from core.invoices
where id = ${id};
