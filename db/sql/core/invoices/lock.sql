-- No row: there is no such invoice.
select file_key
from core.invoices
where id = ${id}
for update;
