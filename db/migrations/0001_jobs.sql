-- The spine: jobs, their failed attempts, the workers that run them, and what operators and clients hang on them.

create schema core;

create table core.jobs (
  id uuid primary key,                        -- version 7: ordered by time
  kind text not null,
  version smallint not null,                  -- of the payload
  area text not null,
  owner text not null,                        -- '<surface>/<id>' of who asked, or 'system'
  tenant text,
  state text not null default 'pending'
    check (state in ('pending', 'queued', 'running', 'succeeded', 'failed', 'cancelled')),
  attempt smallint not null default 0 check (attempt >= 0),       -- tries spent, the running one included
  max_attempts smallint not null check (max_attempts >= 1),
  claim_no integer not null default 0,        -- the fence: raised at each claim, never lowered
  nudges smallint not null default 0,         -- times the relay published the present attempt
  dead_letters smallint not null default 0,   -- times its nudge was dead-lettered while it travelled alone
  isolate boolean not null default false,     -- to be published and run alone: a runner of it was lost
  cancel_requested boolean not null default false,
  rev integer not null default 1,             -- raised by every change a client can see: ETag and event id
  progress real check (progress between 0 and 1),
  payload jsonb not null,
  result jsonb,
  fault jsonb,
  due_at timestamptz,                         -- only while pending: when the relay takes it if nobody else has
  queued_at timestamptz,                      -- only while queued
  worker uuid,                                -- who claimed it last
  unique_key text,                            -- only while live
  idem_key text,
  fingerprint bytea,
  request_id uuid not null,
  trace text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)),
  check (state = 'pending' or due_at is null),
  check (state = 'queued' or queued_at is null),
  check (finished_at is null or unique_key is null)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

-- No index names `state`: a completion changes no indexed column, so it stays a heap-only update. Not partitioned: the
-- two unique keys below must hold over all jobs, and version-7 ids make reaping a range delete on the primary key.
create index jobs_due on core.jobs (due_at) where due_at is not null;
create index jobs_queued on core.jobs (kind, queued_at) where queued_at is not null;
create index jobs_owner on core.jobs (owner, id);
create index jobs_tenant on core.jobs (tenant, id) where tenant is not null;
create index jobs_worker on core.jobs (worker, started_at) where worker is not null;
create unique index jobs_unique_key on core.jobs (unique_key) where unique_key is not null;
create unique index jobs_idem_key on core.jobs (owner, idem_key) where idem_key is not null;

-- Attempts that ended in anything but success; append-only. The last one is the job row itself.
create table core.job_attempts (
  job_id uuid not null references core.jobs on delete cascade,
  claim_no integer not null,
  attempt smallint not null,
  worker uuid,
  outcome text not null check (outcome in ('retry', 'released', 'rescued', 'failed', 'cancelled')),
  fault jsonb,
  started_at timestamptz,
  ended_at timestamptz not null default now(),
  primary key (job_id, claim_no)
);

-- One row per worker process, which is also its lease. A lease that ran out may still be extended until the rescue has
-- taken it (lost_at). Rows of the dead are kept for a day and rescued from each time: a claim that was under way when
-- the lease was taken may commit after the first look.
create table core.workers (
  id uuid primary key,
  name text not null,                         -- host:pid
  version text not null,
  kinds text[] not null,
  running integer not null default 0,
  busy_since timestamptz not null default now(),  -- no job that it runs was started before
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  lease_until timestamptz not null,
  lost_at timestamptz,                        -- the rescue took its lease
  stopped_at timestamptz                      -- it said goodbye
);
create index workers_lease on core.workers (lease_until);

-- What operators set per kind; a kind without a row runs by its spec.
create table core.queues (
  kind text primary key,
  paused boolean not null default false,
  concurrency smallint check (concurrency between 1 and 1000),
  updated_at timestamptz not null default now()
);

create table core.schedules (
  name text primary key,
  last_slot timestamptz not null,
  paused boolean not null default false
);

create table core.service_keys (
  id uuid primary key,
  name text not null,
  hash bytea not null unique,                 -- SHA-256 of a key of 256 random bits
  kinds text[] not null,                      -- '*' is every public kind
  operator boolean not null default false,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- Answers to requests that carried an Idempotency-Key. A posted job keeps its key on its own row instead.
create table core.idempotency (
  surface text not null,
  actor text not null,
  key text not null,
  fingerprint bytea not null,
  lease_until timestamptz,                    -- null once answered
  status smallint,
  headers jsonb,
  body text,
  created_at timestamptz not null default now(),
  primary key (surface, actor, key),
  check ((lease_until is null) = (status is not null))
);
create index idempotency_created on core.idempotency (created_at);

-- Things that a person must look at. One open alert per subject and kind.
create table core.alerts (
  id uuid primary key,
  kind text not null,
  subject text not null,
  details jsonb not null,
  count integer not null default 1,
  raised_at timestamptz not null default now(),
  last_raised_at timestamptz not null default now(),
  resolved_at timestamptz
);
create unique index alerts_open on core.alerts (kind, subject) where resolved_at is null;

-- Every action of an operator; append-only.
create table core.audit (
  id uuid primary key,
  actor text not null,
  action text not null,
  subject text,
  reason text,
  affected integer not null default 1,
  details jsonb,
  at timestamptz not null default now()
);
create index audit_at on core.audit (at);
