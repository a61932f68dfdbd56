-- No row: no schedule has fired or was paused yet.
select name, nullif(last_slot, '-infinity') as last_slot, paused
from core.schedules
order by name;
