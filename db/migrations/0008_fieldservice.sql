-- The home-services app: companies whose people work offline, what their devices sync, the files they attach, and the
-- invoices and invites that go out by mail, SMS and WhatsApp.

create schema fieldservice;

-- A person, as the identity provider knows them; made at their first call. May belong to several tenants.
create table fieldservice.users (
  id uuid primary key,                        -- version 4, as every id that this surface mints
  subject text not null unique,               -- the identity provider's name for them
  email text check (length(email) <= 254),
  display_name text not null default '' check (length(display_name) <= 200),
  created_at timestamptz not null default now()
);

-- A company. Everything below belongs to one, and no row is read without naming it.
create table fieldservice.tenants (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  owner_user_id uuid not null references fieldservice.users,
  -- The newest instant that a change of a record was given. Every writer takes the next ones under this row's lock, so they
  -- rise strictly in the order of the commits: what a pull has seen is everything up to there.
  changed_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default now()
);
create index tenants_owner on fieldservice.tenants (owner_user_id);

create table fieldservice.memberships (
  tenant_id uuid not null references fieldservice.tenants,
  user_id uuid not null references fieldservice.users,
  role text not null check (role in ('manager', 'employee')),
  employee_id uuid,                           -- the employee record that they are; soft: it may come later, by a push
  former_employee_ids uuid[] not null default '{}',   -- that they were: what these saw is taken back from their devices
  active boolean not null default true,
  joined_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);
create index memberships_user on fieldservice.memberships (user_id);
create index memberships_joined on fieldservice.memberships (tenant_id, joined_at, user_id);

create table fieldservice.invites (
  id uuid primary key,
  tenant_id uuid not null references fieldservice.tenants,
  email text not null check (length(email) <= 254),   -- lower case
  role text not null check (role in ('manager', 'employee')),
  employee_id uuid,
  token_hash bytea not null unique,
  token_sealed text,                          -- encrypted, for the mail; null once that has gone or nobody may use it any more
  invited_by uuid not null references fieldservice.users,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references fieldservice.users,
  superseded_at timestamptz,                  -- a later invite of the same address took its place
  check ((accepted_at is null) = (accepted_by is null))
);
-- One address has one open invite to a tenant.
create unique index invites_open on fieldservice.invites (tenant_id, email)
  where accepted_at is null and superseded_at is null;
create index invites_by on fieldservice.invites (invited_by);

-- Which tenant a device works for; of use to people who look into a problem, no rule rests on it.
create table fieldservice.devices (
  tenant_id uuid not null references fieldservice.tenants,
  device_id uuid not null,
  user_id uuid not null references fieldservice.users,
  activated_at timestamptz not null default now(),
  primary key (tenant_id, device_id)
);
create index devices_user on fieldservice.devices (user_id);

-- What devices sync, of all five entities: one table, because it is one stream, and the unique index below is what keeps it
-- one. Amounts are jsonb numbers, which are numeric: 320.10 is exact.
create table fieldservice.records (
  tenant_id uuid not null references fieldservice.tenants,
  id uuid not null,
  entity text not null check (entity in ('client', 'employee', 'service_type', 'task', 'finance_entry')),
  payload jsonb not null check (jsonb_typeof(payload) = 'object'),
  amount numeric generated always as (case when entity = 'finance_entry' then (payload ->> 'amount')::numeric end) stored,
  changed_at timestamptz not null,
  deleted_at timestamptz,
  seen_by uuid[] not null default '{}',       -- employees who could see it at any time, of entries that only one may see
  -- Another tenant's row may have the same id: each is its own.
  primary key (tenant_id, id),
  check (payload ?& case entity
    when 'client' then array['name']
    when 'employee' then array['name']
    when 'service_type' then array['name', 'basePrice', 'currency']
    when 'task' then array['title', 'date', 'status']
    else array['title', 'amount', 'type', 'dueDate', 'status', 'currency', 'kind']
  end)
);
create unique index records_changed on fieldservice.records (tenant_id, changed_at);

-- What happened to records, one row a change that was applied. A change is known again by its digest: a device that lost the
-- answer sends it once more, and it is not applied twice, however much was written in between. Kept for good for that reason.
create table fieldservice.audit (
  id uuid primary key,
  tenant_id uuid not null references fieldservice.tenants,
  entity text not null,
  entity_id uuid not null,
  action text not null check (action in ('created', 'updated', 'deleted')),
  summary text not null,
  actor text not null,                        -- as they were called and what they were then: "Carlos (Manager)"
  user_id uuid not null references fieldservice.users,
  device_id uuid,
  change_digest bytea,                        -- SHA-256 over device, entity, id, op, clientUpdatedAt, payload; null: not by a push
  created_at timestamptz not null             -- the change's instant
);
create unique index audit_digest on fieldservice.audit (tenant_id, change_digest) where change_digest is not null;
create unique index audit_created on fieldservice.audit (tenant_id, created_at);

-- Where a device overwrote what another had written since it last looked.
create table fieldservice.conflicts (
  id uuid primary key,
  tenant_id uuid not null references fieldservice.tenants,
  entity text not null,
  entity_id uuid not null,
  fields text[] not null check (cardinality(fields) > 0),
  summary text not null,
  server_updated_at timestamptz not null,     -- of the value that was overwritten
  user_id uuid not null references fieldservice.users,
  device_id uuid not null,
  created_at timestamptz not null             -- the instant of the change that won
);
create unique index conflicts_created on fieldservice.conflicts (tenant_id, created_at);

create table fieldservice.attachments (
  id uuid primary key,
  tenant_id uuid not null references fieldservice.tenants,
  owner_type text not null check (owner_type in ('finance_entry', 'task')),
  owner_id uuid not null,
  file_key text not null unique,
  mime_type text not null,
  size_bytes bigint not null check (size_bytes > 0),
  created_by uuid not null references fieldservice.users,
  created_at timestamptz not null default now(),
  completed_at timestamptz                    -- null: presigned, and perhaps never sent
);
-- Few at any time: a day's. Read by who announced them, and swept.
create index attachments_unfinished on fieldservice.attachments (created_by, created_at) where completed_at is null;

-- The numbered invoices of an entry. One that was edited after it was invoiced says something else, and so gets a number anew.
create table fieldservice.entry_invoices (
  tenant_id uuid not null references fieldservice.tenants,
  entry_id uuid not null,
  facts_digest bytea not null,                -- SHA-256 over what is printed
  invoice_id uuid not null unique references core.invoices,
  issued_at timestamptz not null default now(),
  primary key (tenant_id, entry_id, facts_digest)
);

-- One row a POST /v1/invoices/:id/send: what ten a minute are counted by.
create table fieldservice.invoice_sends (
  id uuid primary key,
  tenant_id uuid not null references fieldservice.tenants,
  entry_id uuid not null,
  user_id uuid not null references fieldservice.users,
  created_at timestamptz not null default clock_timestamp()
);
create index invoice_sends_recent on fieldservice.invoice_sends (tenant_id, created_at);

-- A message to one person over one channel, sent by the `notification` job.
create table fieldservice.notifications (
  id uuid primary key,
  tenant_id uuid not null references fieldservice.tenants,
  send_id uuid references fieldservice.invoice_sends,
  invite_id uuid references fieldservice.invites,
  channel text not null check (channel in ('email', 'sms', 'whatsapp')),
  recipient text check (length(recipient) <= 254),    -- null: there was none, and so it failed
  subject text not null default '',
  body text,                                  -- null for an invite: its text holds a secret and is made when it is sent
  invoice_id uuid references core.invoices,   -- whose PDF goes along
  status text not null default 'queued' check (status in ('queued', 'sent', 'failed', 'delivered')),
  provider_message_id text check (length(provider_message_id) <= 255),
  error text check (length(error) <= 240),
  tried_at timestamptz,                       -- the first call to the provider was about to be made
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((send_id is null) <> (invite_id is null)),
  check (status <> 'failed' or error is not null)
);
create unique index notifications_provider on fieldservice.notifications (provider_message_id) where provider_message_id is not null;
create index notifications_send on fieldservice.notifications (send_id);
create index notifications_invite on fieldservice.notifications (invite_id) where invite_id is not null;
-- Those that wait for a PDF.
create index notifications_waiting on fieldservice.notifications (invoice_id) where status = 'queued' and invoice_id is not null;
