-- How an order is paid, refunded, disputed, reviewed and invoiced.

alter table marketplace.orders
  add payment_method text not null default 'card',
  add payment_id text unique,                 -- at the provider; derived from the order's id, so known before it is sent
  add payment_state text not null default 'none'
    check (payment_state in ('none', 'open', 'succeeded', 'failed', 'cancelled')),
  add captured_cents bigint,
  add captured_currency text,
  add idem_key text,                          -- of the request that made it: sent again, it finds this order
  add check_at timestamptz,                   -- when the provider is to be asked; null when nothing is open
  drop constraint orders_status_check,
  drop constraint orders_check,
  add constraint orders_status_check check (status in (
    'pending', 'failed', 'completed', 'held', 'expired', 'refund_pending', 'refunded', 'disputed', 'charged_back'
  )),
  add constraint orders_paid check (paid_at is not null or status in ('pending', 'failed', 'expired'));
create unique index orders_idem_key on marketplace.orders (buyer_id, idem_key) where idem_key is not null;
create index orders_check_at on marketplace.orders (check_at) where check_at is not null;
create index orders_buyer_newest on marketplace.orders (buyer_id, id);
drop index marketplace.orders_buyer;

alter table marketplace.order_lines
  add product_id uuid references marketplace.products,  -- null in an order that an operator made up
  add unit_cents bigint check (unit_cents >= 0),
  add tax_rate numeric(5, 4) not null default 0 check (tax_rate between 0 and 1);
create index order_lines_product on marketplace.order_lines (product_id, order_id);

-- The whole of an order's money on its way back. Only the provider's word settles one.
create table marketplace.refunds (
  id uuid primary key,                        -- version 7
  order_id uuid not null references marketplace.orders,
  refund_id text not null unique,             -- at the provider; derived from `id`
  asked_by uuid references marketplace.users, -- null: the payment came when the order had expired
  reason text not null,
  details text,
  amount_cents bigint not null check (amount_cents > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status text not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
  order_was text not null check (order_was in ('completed', 'expired', 'held')),  -- and is again if it fails
  failure text,
  check_at timestamptz,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  check ((status = 'pending') = (settled_at is null)),
  check ((status = 'pending') or (check_at is null))
);
create unique index refunds_live on marketplace.refunds (order_id) where status in ('pending', 'succeeded');
create index refunds_order on marketplace.refunds (order_id, id);
create index refunds_check_at on marketplace.refunds (check_at) where check_at is not null;

create table marketplace.disputes (
  id uuid primary key,                        -- version 7
  order_id uuid not null references marketplace.orders,
  dispute_id text not null unique,            -- at the provider
  status text not null check (status in ('open', 'won', 'lost')),
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  check ((status = 'open') = (closed_at is null))
);
create index disputes_order on marketplace.disputes (order_id, id);

-- What the payment provider has told us, each event once however often it was delivered.
create table marketplace.payment_events (
  id uuid primary key,                        -- version 7
  event_key text not null unique,             -- 'id:<the provider's id>', else 'sha256:<of the body>'
  event_type text not null,
  body text not null,                         -- as it came
  sha256 bytea not null,
  address text not null,
  deliveries integer not null default 1,
  received_at timestamptz not null default now(),
  last_received_at timestamptz not null default now(),
  handled_at timestamptz,
  outcome text                                -- what it came to, in a word
);
create index payment_events_received on marketplace.payment_events (received_at);

-- Deliveries whose signature was wrong: nothing of what they said.
create table marketplace.refused_webhooks (
  id uuid primary key,                        -- version 7
  sha256 bytea not null,
  size_bytes integer not null,
  address text not null,
  received_at timestamptz not null default now()
);
create index refused_webhooks_received on marketplace.refused_webhooks (received_at);

create table marketplace.reviews (
  id uuid primary key,                        -- version 7
  product_id uuid not null references marketplace.products,
  buyer_id uuid not null references marketplace.users,
  order_id uuid not null references marketplace.orders,
  rating smallint not null check (rating between 1 and 5),
  comment text not null default '' check (length(comment) <= 5000),
  created_at timestamptz not null default now()
);
create unique index reviews_once on marketplace.reviews (product_id, buyer_id);
create index reviews_product on marketplace.reviews (product_id, id);
create index reviews_buyer on marketplace.reviews (buyer_id, id);

-- Invoices and credit notes of every area. What one says is frozen in `document`; its PDF is made once and never again.
create table core.invoices (
  id uuid primary key,                        -- version 7
  area text not null,
  owner text not null,                        -- '<surface>/<id>' of who may read it
  kind text not null check (kind in ('invoice', 'credit_note')),
  subject text not null,                      -- what it is about: an order's or a refund's id
  issuer text not null,
  series text not null,
  year smallint not null,
  number integer not null check (number >= 1),
  label text not null,                        -- the number as printed
  document jsonb not null,
  file_key text,
  sha256 text,
  size_bytes bigint,
  rendered_at timestamptz,
  created_at timestamptz not null default now(),
  unique (issuer, series, year, number),
  unique (area, kind, subject),
  check ((file_key is null) = (rendered_at is null) and (file_key is null) = (sha256 is null))
);

-- The last number given, per issuer, series and year. Its row stays locked until the transaction that took a number ends:
-- one that rolls back gives the number back, so there are no gaps.
create table core.invoice_numbers (
  issuer text not null,
  series text not null,
  year smallint not null,
  last_number integer not null check (last_number >= 1),
  primary key (issuer, series, year)
);
