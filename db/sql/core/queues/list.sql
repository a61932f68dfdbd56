-- No row: every kind runs by its spec.
select kind, paused, concurrency
from core.queues;
