-- Paid orders and what their sellers are owed.

create table marketplace.orders (
  id uuid primary key,                        -- version 7
  buyer_id uuid not null references marketplace.users,
  status text not null default 'pending'
    check (status in ('pending', 'completed', 'held', 'expired', 'refund_pending', 'refunded', 'disputed')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  total_cents bigint not null check (total_cents > 0),
  transfer_group text not null unique,        -- the provider's mark on all transfers of one order
  paid_at timestamptz,
  created_at timestamptz not null default now(),
  check (paid_at is not null or status in ('pending', 'held', 'expired'))
);
create index orders_buyer on marketplace.orders (buyer_id, created_at);

create table marketplace.order_lines (
  order_id uuid not null references marketplace.orders on delete cascade,
  line_no smallint not null check (line_no >= 1),
  seller_id uuid not null references marketplace.users,
  title text not null,
  quantity integer not null check (quantity >= 1),
  gross_cents bigint not null check (gross_cents >= 0),     -- of the whole line
  primary key (order_id, line_no)
);
create index order_lines_seller on marketplace.order_lines (seller_id);

-- One seller's share of one order. `call` is what is known of the last call under the provider's key; only what is
-- certainly unpaid is ever held or cancelled.
create table marketplace.transfers (
  id uuid primary key,                        -- version 7
  order_id uuid not null references marketplace.orders,
  seller_id uuid not null references marketplace.users,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_cents bigint not null check (amount_cents > 0),            -- the seller's net
  platform_fee_cents bigint not null check (platform_fee_cents >= 0),
  status text not null default 'pending' check (status in (
    'pending', 'failed', 'permanently_failed', 'held', 'cancelled', 'completed', 'reversal_pending', 'reversed', 'reversal_failed'
  )),
  tries smallint not null default 0 check (tries >= 0),             -- that have ended, of the payment
  reversal_tries smallint not null default 0 check (reversal_tries >= 0),
  retry_count smallint not null generated always as (greatest(tries - 1, 0) + greatest(reversal_tries - 1, 0)) stored,
  trying boolean not null default false,      -- a try has begun and not ended
  next_retry_at timestamptz,                  -- of the live job
  key_seq smallint not null default 1 check (key_seq >= 1),         -- the provider key is tr_<id>_<key_seq>, of a reversal trr_…
  destination text,                           -- frozen with the key at its first send
  call text not null default 'none' check (call in ('none', 'unanswered', 'unknown')),
  absent_read_at timestamptz,                 -- when the provider was first read without finding the call's effect
  provider_transfer_id text unique,
  provider_reversal_id text unique,
  completed_at timestamptz,
  reversal_asked_at timestamptz,
  compared_at timestamptz,                    -- when the daily comparison last met it at the provider
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (order_id, seller_id),
  check ((status in ('completed', 'reversal_pending', 'reversed', 'reversal_failed')) = (provider_transfer_id is not null)),
  check ((provider_transfer_id is null) = (completed_at is null)),
  check ((status = 'reversed') = (provider_reversal_id is not null)),
  check ((status in ('reversal_pending', 'reversed', 'reversal_failed')) = (reversal_asked_at is not null)),
  check (call = 'none' or status not in ('held', 'cancelled', 'completed', 'reversed')),
  check (call = 'none' or destination is not null or provider_transfer_id is not null),
  check (absent_read_at is null or call <> 'none'),
  check (next_retry_at is null or status not in ('cancelled', 'completed', 'reversed'))
);
-- The lists: all, by status, by seller, each newest first and within a range of dates.
create index transfers_created on marketplace.transfers (created_at, id);
create index transfers_status on marketplace.transfers (status, created_at, id);
create index transfers_seller on marketplace.transfers (seller_id, created_at, id);
create index transfers_waiting on marketplace.transfers (seller_id, id) where status = 'pending';
create index transfers_completed on marketplace.transfers (completed_at, id) where completed_at is not null;

-- Every call to the provider and what came of it: a `sent` row commits before the call, its outcome is a second row.
create table marketplace.transfer_attempts (
  transfer_id uuid not null references marketplace.transfers,
  seq smallint not null,                      -- given under the transfer's lock
  direction text not null check (direction in ('transfer', 'reversal')),
  event text not null check (event in (
    'sent',
    'completed', 'refused', 'busy', 'no_answer', 'unknown', 'mismatch', 'misconfigured',
    'found', 'absent'                         -- of a read
  )),
  provider_key text,
  provider_id text,                           -- the transfer or reversal that was made or found
  provider_request_id text,
  fault_code text,
  job_id uuid not null,
  attempt smallint not null,
  at timestamptz not null default now(),
  primary key (transfer_id, seq),
  check (event <> 'sent' or provider_key is not null),
  check (event not in ('completed', 'found') or provider_id is not null)
);

create function marketplace.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger transfer_attempts_append_only
  before update or delete or truncate on marketplace.transfer_attempts
  for each statement execute function marketplace.refuse_change();
