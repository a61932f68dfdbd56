-- What is sold and shown: products, tags, live streams.

-- `array_to_string` is only stable, because of types whose text depends on settings; for text it never changes.
create function marketplace.product_words(title text, description text, tags text[]) returns tsvector
language sql immutable parallel safe
return setweight(to_tsvector('simple'::regconfig, title), 'A')
  || setweight(to_tsvector('english'::regconfig, title), 'A')
  || setweight(to_tsvector('simple'::regconfig, array_to_string(tags, ' ')), 'B')
  || setweight(to_tsvector('simple'::regconfig, description), 'D')
  || setweight(to_tsvector('english'::regconfig, description), 'D');

create table marketplace.products (
  id uuid primary key,                        -- version 7
  seller_id uuid not null references marketplace.users,
  title text not null check (length(title) between 1 and 200),
  description text not null default '' check (length(description) <= 10000),
  price_cents bigint not null check (price_cents between 1 and 100000000),  -- gross, of one
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  type text not null check (length(type) between 1 and 50),
  tags text[] not null default '{}',
  tax_rate numeric(5, 4) not null default 0 check (tax_rate between 0 and 1), -- contained in the price: 0.23 is 23 %
  words tsvector not null generated always as (marketplace.product_words(title, description, tags)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index products_words on marketplace.products using gin (words);
-- The four orders of the list; ids are version 7, so that the newest is the highest.
create index products_price on marketplace.products (price_cents, id);
create index products_title on marketplace.products (lower(title), id);
create index products_seller on marketplace.products (seller_id, id);

-- How often each tag is in use, as it was first written. `normalized` has neither case nor punctuation nor spaces.
create table marketplace.tags (
  name text primary key check (length(name) between 1 and 40),
  normalized text not null,
  uses integer not null default 0 check (uses >= 0)
);
-- A short prefix matches a large part of all tags, so the order has to come from the index; a longer one leaves few to sort.
create index tags_prefix_1 on marketplace.tags (left(normalized, 1), uses desc, name);
create index tags_prefix_2 on marketplace.tags (left(normalized, 2), uses desc, name);
create index tags_prefix_3 on marketplace.tags (left(normalized, 3), uses desc, name);
create index tags_prefix on marketplace.tags (normalized text_pattern_ops);

create table marketplace.streams (
  id uuid primary key,                        -- version 7
  user_id uuid not null references marketplace.users,
  title text not null check (length(title) between 1 and 200),
  description text not null default '' check (length(description) <= 10000),
  category text not null default '' check (length(category) <= 100),
  tags text[] not null default '{}',
  is_live boolean not null default false,
  started_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (not is_live or started_at is not null)
);
create index streams_live on marketplace.streams (id) where is_live;
create index streams_user on marketplace.streams (user_id, id);

-- What an RTMP server is shown. One per user: a new one replaces the old one in the same statement.
create table marketplace.stream_keys (
  user_id uuid primary key references marketplace.users,
  key_hash bytea not null unique,             -- SHA-256
  key_sealed text not null,                   -- encrypted, so that its owner can be shown it again
  created_at timestamptz not null default now()
);
