-- No row for an item: a job with its id, unique key or idempotency key exists already.
insert into core.jobs
  (id, kind, version, area, owner, tenant, max_attempts, payload, due_at, unique_key, idem_key, fingerprint, request_id, trace)
select id, kind, version, area, owner, tenant, max_attempts, payload, now() + due_in_ms * interval '1 ms', unique_key, idem_key,
  decode(fingerprint, 'hex'), request_id, trace
from unnest(
  ${ids}::uuid[], ${kinds}::text[], ${versions}::smallint[], ${areas}::text[], ${owners}::text[], ${tenants}::text[],
  ${maxAttempts}::smallint[], ${payloads}::jsonb[], ${dueInMs}::bigint[], ${uniqueKeys}::text[], ${idemKeys}::text[],
  ${fingerprints}::text[], ${requestIds}::uuid[], ${traces}::text[]
) as item(id, kind, version, area, owner, tenant, max_attempts, payload, due_in_ms, unique_key, idem_key, fingerprint, request_id, trace)
on conflict do nothing
returning id, created_at;
