-- No row: no schedule has fired yet.
select name, last_slot, paused
from core.schedules
order by name;
