-- No row: nothing was accepted. Ids of version 7 are in the order of time.
select kind, count(*) as accepted
from core.jobs
where id >= ${fromId} and id < ${toId}
group by kind;
