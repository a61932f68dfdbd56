-- What operators look at and act by: accounts and their sessions, figures that are read instead of counted, failures in groups,
-- and actions on many jobs at once.

create table core.operators (
  id uuid primary key,
  email text not null check (email = lower(email) and length(email) <= 254),
  name text not null check (length(name) between 1 and 100),
  password_hash text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);
create unique index operators_email on core.operators (email);

create table core.operator_sessions (
  token_hash bytea primary key,               -- SHA-256 of a token of 256 random bits
  operator_id uuid not null references core.operators on delete cascade,
  csrf text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index operator_sessions_operator on core.operator_sessions (operator_id);
create index operator_sessions_expires on core.operator_sessions (expires_at);

-- What a worker process has done since it registered, by kind: written with its heartbeat, so that rates and durations are known
-- without a look at the jobs.
alter table core.workers add column stats jsonb not null default '{}';

-- What the ticker's leader saw last, by name: `queues` every few seconds, `failures` less often. The console and the command line
-- read these; nobody counts jobs because somebody looks.
create table core.snapshots (
  name text primary key,
  at timestamptz not null,
  took_ms integer not null,
  body jsonb not null
);

-- One row a minute and kind, for the charts; kept for eight days.
create table core.kind_minutes (
  minute timestamptz not null,
  kind text not null,
  accepted integer not null,
  succeeded integer not null,
  failed integer not null,
  retried integer not null,
  ready integer not null,
  running integer not null,
  retrying integer not null,
  oldest_s real not null,
  p50_ms real,                                -- null: nothing ended in that minute
  p99_ms real,
  primary key (minute, kind)
);

-- A job that ended badly was posted anew as this one: nobody need look at it any more.
alter table core.jobs add column retried_as uuid;
-- Jobs with a fault: failed, cancelled, or to be tried again. A job that succeeds at its first try has none before and after, so
-- its completion stays a heap-only update.
create index jobs_faulty on core.jobs (id) where fault is not null;
create index jobs_kind on core.jobs (kind, id);
-- What waits is counted from the index alone, also when it is half a million rows. All of these change only with due_at, or never.
drop index core.jobs_due;
create index jobs_due on core.jobs (due_at) include (kind, attempt, nudges, created_at) where due_at is not null;
create index jobs_retried_as on core.jobs (retried_as) where retried_as is not null;

-- What operators have said of a group of failures.
create table core.failure_notes (
  kind text not null,
  code text not null,
  note text not null default '' check (length(note) <= 2000),
  silenced_until timestamptz,                 -- not counted among what must be looked at until then
  updated_by text not null,
  updated_at timestamptz not null default now(),
  primary key (kind, code)
);

-- One action on many jobs, done by the ticker in small steps; it can be stopped. Of kinds that move money it waits for a second operator.
create table core.bulk_actions (
  id uuid primary key,
  action text not null check (action = 'redrive'),
  filter jsonb not null,
  reason text not null check (length(reason) between 1 and 500),
  moves_money boolean not null,
  state text not null check (state in ('proposed', 'running', 'done', 'stopped')),
  total integer not null check (total >= 0),  -- counted when it was proposed
  done integer not null default 0,
  skipped integer not null default 0,         -- had ended, or were taken up, meanwhile
  failed integer not null default 0,          -- could not be acted on
  last_error text,
  next_before uuid,                           -- where the next step goes on: jobs are taken from the newest to the oldest
  created_by text not null,
  created_at timestamptz not null default now(),
  approved_by text,
  started_at timestamptz,
  ended_at timestamptz,
  stopped_by text,
  check (not moves_money or state in ('proposed', 'stopped') or (approved_by is not null and approved_by <> created_by))
);
create index bulk_actions_live on core.bulk_actions (created_at) where state in ('proposed', 'running');
create index bulk_actions_ended on core.bulk_actions (ended_at) where ended_at is not null;

-- The review queue of all tenants, oldest first, and the recent ones of one status.
create index verifications_queue on workforce.verifications (status, id);
-- Ids of the audit are in the order of time, and its pages go by them.
create index audit_subject on core.audit (subject, id) where subject is not null;
create index audit_actor on core.audit (actor, id);
create index audit_action on core.audit (action, id);
