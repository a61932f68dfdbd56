-- What a person keeps here: files, gear, notifications, exports of all of it.

create table marketplace.cloud_files (
  id uuid primary key,                        -- version 7
  owner_id uuid not null references marketplace.users,
  filename text not null check (length(filename) between 1 and 255),
  mime_type text not null check (length(mime_type) <= 255),
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  storage_key text not null,                  -- of the current content
  current_version integer not null default 1 check (current_version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index cloud_files_owner on marketplace.cloud_files (owner_id, id);
create index cloud_files_storage on marketplace.cloud_files (storage_key);

-- States of a file that were kept. Several may share one stored object, which is never changed.
create table marketplace.cloud_file_versions (
  id uuid primary key,                        -- version 7
  file_id uuid not null references marketplace.cloud_files on delete cascade,
  version integer not null check (version >= 1),
  storage_key text not null,
  mime_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  unique (file_id, version)
);
create index cloud_file_versions_storage on marketplace.cloud_file_versions (storage_key);

create table marketplace.cloud_shares (
  token_hash bytea primary key,               -- SHA-256 of 256 random bits
  file_id uuid not null references marketplace.cloud_files on delete cascade,
  permissions text not null check (permissions = 'read'),
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index cloud_shares_file on marketplace.cloud_shares (file_id);
create index cloud_shares_expires on marketplace.cloud_shares (expires_at);

-- What each user's stored objects take, so that a quota holds however many uploads end at once.
create table marketplace.cloud_usage (
  owner_id uuid primary key references marketplace.users,
  used_bytes bigint not null default 0 check (used_bytes >= 0)
);

create table marketplace.gear (
  id uuid primary key,                        -- version 7
  owner_id uuid not null references marketplace.users,
  name text not null check (length(name) between 1 and 200),
  category text check (length(category) <= 100),
  brand text check (length(brand) <= 100),
  model text check (length(model) <= 100),
  serial_number text check (length(serial_number) <= 100),
  purchase_date date,
  purchase_price_cents bigint check (purchase_price_cents between 0 and 100000000000),
  currency text check (currency ~ '^[A-Z]{3}$'),
  warranty_expires_at date,                   -- the last day that it covers, in UTC
  notes text check (length(notes) <= 10000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (purchase_price_cents is null or currency is not null)
);
create index gear_owner on marketplace.gear (owner_id, id);
create index gear_warranty on marketplace.gear (warranty_expires_at, id) where warranty_expires_at is not null;

create table marketplace.gear_documents (
  id uuid primary key,                        -- version 7
  gear_id uuid not null references marketplace.gear on delete cascade,
  type text not null check (type in ('invoice', 'manual', 'warranty', 'other')),
  filename text not null check (length(filename) between 1 and 255),
  mime_type text not null check (length(mime_type) <= 255),
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  storage_key text not null,
  created_at timestamptz not null default now()
);
create index gear_documents_gear on marketplace.gear_documents (gear_id, id);
create index gear_documents_storage on marketplace.gear_documents (storage_key);

create table marketplace.gear_repairs (
  id uuid primary key,                        -- version 7
  gear_id uuid not null references marketplace.gear on delete cascade,
  repair_date date not null,
  description text not null check (length(description) between 1 and 5000),
  cost_cents bigint not null check (cost_cents between 0 and 100000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  provider text check (length(provider) <= 200),
  created_at timestamptz not null default now()
);
create index gear_repairs_gear on marketplace.gear_repairs (gear_id, repair_date, id);

-- One per gear, threshold and end date: the key is what makes every notice happen once.
create table marketplace.warranty_notices (
  gear_id uuid not null references marketplace.gear on delete cascade,
  threshold_days smallint not null check (threshold_days in (1, 7, 30)),
  ends_on date not null,
  mailed_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (gear_id, ends_on, threshold_days)
);

create table marketplace.notifications (
  id uuid primary key,                        -- version 7
  user_id uuid not null references marketplace.users,
  type text not null,
  title text not null,
  body text not null,
  data jsonb not null default '{}',
  once_key text unique,                       -- of what it tells: told again, it is not written again
  read_at timestamptz,
  created_at timestamptz not null default now()
);
create index notifications_user on marketplace.notifications (user_id, id);
create index notifications_unread on marketplace.notifications (user_id, id) where read_at is null;

-- Copies of all that a person has here, made on their request.
create table marketplace.exports (
  id uuid primary key,                        -- version 7
  user_id uuid not null references marketplace.users,
  status text not null default 'pending' check (status in ('pending', 'ready', 'failed', 'deleted')),
  file_key text,                              -- where its file is, or may be: null once that is certainly gone
  size_bytes bigint,
  sha256 text,
  failure text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((status = 'pending') = (finished_at is null)),
  check (file_key is not null or status in ('failed', 'deleted')),
  check (file_key is null or status <> 'deleted'),
  check ((status in ('ready', 'deleted')) = (sha256 is not null) and (sha256 is null) = (size_bytes is null)),
  check ((status = 'failed') = (failure is not null))
);
create unique index exports_live on marketplace.exports (user_id) where status = 'pending';
create index exports_user on marketplace.exports (user_id, id);
create index exports_files on marketplace.exports (finished_at) where file_key is not null;
