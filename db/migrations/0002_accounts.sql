-- The marketplace's people: accounts, their sessions, and sellers with a provider account.

create schema marketplace;

create table marketplace.users (
  id uuid primary key,                        -- version 7
  username text not null check (length(username) between 3 and 50),
  email text not null check (length(email) <= 254),
  password_hash text not null,                -- argon2id, in PHC form
  role text not null default 'user' check (role in ('user', 'admin')),
  created_at timestamptz not null default now()
);
create unique index users_username on marketplace.users (lower(username));
create unique index users_email on marketplace.users (lower(email));

-- One login, for as long as its refresh tokens follow one another. Access tokens name it and are good only while it is.
create table marketplace.sessions (
  id uuid primary key,                        -- version 7
  user_id uuid not null references marketplace.users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,            -- moved on by each refresh
  revoked_at timestamptz
);
create index sessions_user on marketplace.sessions (user_id);
create index sessions_expires on marketplace.sessions (expires_at);

-- The refresh tokens of a session, each by its SHA-256. Used ones stay: meeting one again is how a theft shows.
create table marketplace.refresh_tokens (
  hash bytea primary key,
  session_id uuid not null references marketplace.sessions on delete cascade,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  successor bytea,                            -- the hash of the token that this one was changed for
  check ((used_at is null) = (successor is null))
);
create index refresh_tokens_session on marketplace.refresh_tokens (session_id);
create index refresh_tokens_used on marketplace.refresh_tokens (used_at) where used_at is not null;
create unique index refresh_tokens_current on marketplace.refresh_tokens (session_id) where used_at is null;

-- Users who sell. The provider's side of a row is a copy, as of the last look.
create table marketplace.sellers (
  user_id uuid primary key references marketplace.users,
  stripe_account_id text unique,
  account_key_seq smallint not null default 0, -- moved on when the provider has refused to make the account under a key
  default_currency text check (default_currency ~ '^[A-Z]{3}$'),
  details_submitted boolean not null default false,
  transfers_active boolean not null default false,
  onboarded_at timestamptz,                   -- when transfers were first seen active
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (stripe_account_id is not null or not (transfers_active or details_submitted)),
  check (not transfers_active or onboarded_at is not null)
);
-- Whom the provider is asked about, while transfers wait for them.
create index sellers_incomplete on marketplace.sellers (user_id) where stripe_account_id is not null and not transfers_active;
