-- Always one row; null when nothing is overdue. What the relay is behind by.
select extract(epoch from now() - min(due_at))::float8 as lag_s
from core.jobs
where due_at is not null and due_at <= now();
