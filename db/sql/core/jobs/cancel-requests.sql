-- No row: nobody asked for any of these to be cancelled.
select id
from core.jobs
where id = any(${ids}::uuid[]) and cancel_requested and state = 'running' and worker = ${worker};
