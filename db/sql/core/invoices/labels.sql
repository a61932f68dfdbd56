-- No row: nothing was invoiced about these.
select subject, label, created_at
from core.invoices
where area = ${area} and kind = ${kind} and subject = any(${subjects}::text[]);
