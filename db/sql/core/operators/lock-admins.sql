-- No row: nobody may say who may. Two who change admins at once take turns.
select id
from core.operators
where role = 'admin' and disabled_at is null
order by id
for update;
