-- What is sold and shown: products, tags, live streams.

-- Postgres' own parser would make "drum/bass" the path of a file and "TR-808" a "tr" and a minus 808, and what it holds for a letter beyond
-- ASCII depends on the server. So marks become blanks, in products and in searches; what searches mean by " and - is seen to by each side.
create function marketplace.unmarked(said text) returns text
language sql immutable parallel safe
return translate(said, '!#$%&''()*+,./:;<=>?@[\]^_`{|}~‘’‚“”„«»‹›–—…·•¡¿™®©' || chr(160), repeat(' ', 64));

-- Each word as it is written, and its English stem. `array_to_string` is only stable, because of types whose text depends on settings; for text
-- it never changes.
create function marketplace.product_words(title text, description text, tags text[]) returns tsvector
language sql immutable parallel safe
return (
  select to_tsvector('simple'::regconfig, said) || to_tsvector('english'::regconfig, said)
  from (select translate(marketplace.unmarked(title || ' ' || array_to_string(tags, ' ') || ' ' || description), '"-', '  ') as said) as product
);

-- What a search looks for in those words, in the syntax of web searches: all of them, "a phrase", `or`, `-not`. A word is met as it is written or
-- by its stem; the last one, still being typed perhaps, also by its beginning, if that has three bytes and is no stop word: less would meet nearly
-- everything. Null for what has nothing that an index could look for: nothing at all, or only what is not wanted.
create function marketplace.product_query(search text) returns tsquery
language sql immutable parallel safe
return (
  select case when querytree(wanted) not in ('', 'T') then wanted end
  from (
    -- A minus inside a word, or before none, excludes nothing.
    select regexp_replace(marketplace.unmarked(search), '-(?![^\s-])|(?<=[^\s"])-', ' ', 'g') as said
  ) as asked
  cross join lateral (
    select websearch_to_tsquery('simple'::regconfig, said) as exact, websearch_to_tsquery('english'::regconfig, said) as stems,
      substring(said from '(?:^|\s)([^\s"-][^\s"]*)$') as last_word
  ) as parsed
  cross join lateral (
    -- As text, a query ends with its last word, in quotes, unless that is of a phrase that isn't wanted.
    select case
      when octet_length(last_word) >= 3 and numnode(plainto_tsquery('english'::regconfig, last_word)) > 0 and exact::text like '%'''
        then (exact::text || ':*')::tsquery
      else exact
    end as typed
  ) as begun
  cross join lateral (
    select case when stems = exact or querytree(stems) in ('', 'T') then typed else typed || stems end as wanted
  ) as joined
);

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
  title_order text collate "C" not null generated always as (lower(normalize(title, nfd))) stored, -- é beside e
  words tsvector not null generated always as (marketplace.product_words(title, description, tags)) stored,
  -- Counting a common word reads most pages of the table, so its rows have to be short. A row of more than 2 kB gives its description and words away
  -- to another file; these blanks, 35 bytes when compressed, make every row one of those.
  blanks text not null generated always as (repeat(' ', 2048)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
) with (toast_tuple_target = 128);
alter table marketplace.products
  alter title set storage main, alter currency set storage main, alter type set storage main, alter tags set storage main,
  alter title_order set storage main, alter blanks set storage main;
-- Written at once: a list of what is yet to be sorted in would be read by each search.
create index products_words on marketplace.products using gin (words) with (fastupdate = off);
-- The orders of the list; ids are version 7, so that the newest is the highest.
create index products_price on marketplace.products (price_cents, id);
create index products_title on marketplace.products (title_order, id);
create index products_seller on marketplace.products (seller_id, id);

-- How often each tag is in use, as it was first written. `normalized` has neither case nor punctuation nor spaces.
create table marketplace.tags (
  name text primary key check (length(name) between 1 and 40),
  normalized text not null,
  uses integer not null default 0 check (uses >= 0)
);
-- The most used by first letter, and all by prefix: a suggestion reads one of the two and no table.
create index tags_most_used on marketplace.tags (left(normalized, 1), uses desc, name) include (normalized);
create index tags_prefix on marketplace.tags (normalized text_pattern_ops) include (uses, name);

create table marketplace.streams (
  id uuid primary key,                        -- version 7
  user_id uuid not null references marketplace.users,
  title text not null check (length(title) between 1 and 200),
  description text not null default '' check (length(description) <= 10000),
  category text not null default '' check (length(category) <= 100),
  tags text[] not null default '{}',
  draft boolean not null default false,       -- made for somebody who only asked for a key; nobody else sees it
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
