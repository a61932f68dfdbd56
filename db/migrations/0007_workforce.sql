-- The staffing gateway: tenants and their people, orders that become shifts, shifts that become time cards, time cards that become
-- invoices, and the papers that are verified on the way.

create extension if not exists btree_gist with schema public;
create schema workforce;

-- A staffing company. Everything below belongs to one, and no row is read without naming it.
create table workforce.tenants (
  id uuid primary key,                        -- version 7, as every id here
  name text not null,
  clock_in_override boolean not null default true,   -- whether staff outside the fence may clock in with a reason
  created_at timestamptz not null default now()
);

-- A person, as the identity provider knows them. May belong to several tenants.
create table workforce.users (
  id uuid primary key,
  identity_uid text not null unique,
  email text check (length(email) <= 254),
  phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  display_name text not null default '',
  signed_out_at timestamptz,                  -- tokens whose sign-in was earlier are refused
  created_at timestamptz not null default now()
);
create index users_email on workforce.users (lower(email));
create index users_phone on workforce.users (phone);

create table workforce.memberships (
  user_id uuid not null references workforce.users,
  tenant_id uuid not null references workforce.tenants,
  role text not null check (role in ('CLIENT_OWNER', 'CLIENT_MANAGER', 'STAFF', 'REVIEWER', 'TENANT_ADMIN')),
  created_at timestamptz not null default now(),
  primary key (user_id, tenant_id, role)
);
create index memberships_tenant on workforce.memberships (tenant_id, role);

-- A customer of a tenant.
create table workforce.businesses (
  id uuid primary key,
  tenant_id uuid not null references workforce.tenants,
  name text not null check (length(name) between 1 and 200),
  billing_email text,
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);

create table workforce.business_members (
  business_id uuid not null references workforce.businesses,
  user_id uuid not null references workforce.users,
  title text not null default '',
  primary key (business_id, user_id)
);
create index business_members_user on workforce.business_members (user_id);

create table workforce.business_accounts (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  bank_name text not null,
  account_sealed text not null,               -- encrypted; only the last four digits are ever answered
  account_last4 text not null check (account_last4 ~ '^[0-9]{4}$'),
  routing_number text not null,
  account_type text not null check (account_type in ('CHECKING', 'SAVINGS')),
  is_primary boolean not null default false,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id)
);
create unique index business_accounts_primary on workforce.business_accounts (business_id) where is_primary;

create table workforce.cost_centers (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  code text not null,
  name text not null,
  unique (tenant_id, id),
  unique (business_id, code),
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id)
);

-- A supplier of staff, and what it charges for each kind of work.
create table workforce.vendors (
  id uuid primary key,
  tenant_id uuid not null references workforce.tenants,
  name text not null,
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);
create table workforce.vendor_roles (
  id uuid primary key,
  tenant_id uuid not null,
  vendor_id uuid not null,
  code text not null,
  name text not null,
  hourly_rate_cents integer not null check (hourly_rate_cents between 1 and 1000000),   -- what the client pays
  pay_rate_cents integer not null check (pay_rate_cents between 1 and 1000000),         -- what the worker gets
  market_rate_cents integer not null check (market_rate_cents between 1 and 1000000),   -- against which savings are told
  active boolean not null default true,
  unique (tenant_id, id),
  unique (vendor_id, code),
  foreign key (tenant_id, vendor_id) references workforce.vendors (tenant_id, id)
);

-- A place of work.
create table workforce.hubs (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  address text not null default '' check (length(address) <= 500),
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  time_zone text not null,
  cost_center_id uuid,
  clock_in_mode text not null default 'EITHER' check (clock_in_mode in ('NFC_REQUIRED', 'GEO_REQUIRED', 'EITHER')),
  radius_meters integer not null default 150 check (radius_meters between 10 and 100000),
  nfc_tag_id text check (length(nfc_tag_id) between 1 and 200),
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  check ((latitude is null) = (longitude is null)),
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id),
  foreign key (tenant_id, cost_center_id) references workforce.cost_centers (tenant_id, id)
);
create index hubs_business on workforce.hubs (business_id, id) where deleted_at is null;
create unique index hubs_nfc on workforce.hubs (tenant_id, nfc_tag_id) where nfc_tag_id is not null and deleted_at is null;

create table workforce.hub_managers (
  hub_id uuid not null references workforce.hubs,
  user_id uuid not null references workforce.users,
  created_at timestamptz not null default now(),
  primary key (hub_id, user_id)
);

-- A worker's profile.
create table workforce.staff (
  id uuid primary key,
  tenant_id uuid not null references workforce.tenants,
  user_id uuid not null references workforce.users,
  vendor_id uuid,
  full_name text not null check (length(full_name) between 1 and 200),
  phone text,
  email text,
  date_of_birth date,
  address text not null default '',
  preferred_locations text[] not null default '{}',
  industries text[] not null default '{}',
  skills text[] not null default '{}',
  privacy jsonb not null default '{}',
  photo_file_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, user_id),
  foreign key (tenant_id, vendor_id) references workforce.vendors (tenant_id, id)
);
create index staff_user on workforce.staff (user_id);

create table workforce.emergency_contacts (
  id uuid primary key,
  staff_id uuid not null references workforce.staff on delete cascade,
  full_name text not null,
  phone text not null,
  relationship text not null default '',
  created_at timestamptz not null default now()
);
create index emergency_contacts_staff on workforce.emergency_contacts (staff_id, id);

create table workforce.availability (
  staff_id uuid not null references workforce.staff on delete cascade,
  date date not null,
  status text not null check (status in ('AVAILABLE', 'UNAVAILABLE', 'PARTIAL')),
  slots jsonb not null default '[]',          -- [{start, end}], local times of day
  updated_at timestamptz not null default now(),
  primary key (staff_id, date)
);

create table workforce.tax_forms (
  staff_id uuid not null references workforce.staff on delete cascade,
  form_type text not null check (form_type in ('I9', 'W4')),
  fields jsonb not null default '{}',         -- without the national id
  national_id_sealed text,
  national_id_last4 text,
  status text not null default 'DRAFT' check (status in ('DRAFT', 'SUBMITTED')),
  submitted_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (staff_id, form_type)
);

create table workforce.staff_accounts (
  id uuid primary key,
  staff_id uuid not null references workforce.staff on delete cascade,
  bank_name text not null,
  account_sealed text not null,
  account_last4 text not null check (account_last4 ~ '^[0-9]{4}$'),
  routing_number text not null,
  account_type text not null check (account_type in ('CHECKING', 'SAVINGS')),
  is_primary boolean not null default false,
  created_at timestamptz not null default now()
);
create index staff_accounts_staff on workforce.staff_accounts (staff_id, id);
create unique index staff_accounts_primary on workforce.staff_accounts (staff_id) where is_primary;

create table workforce.benefits (
  id uuid primary key,
  staff_id uuid not null references workforce.staff on delete cascade,
  code text not null,
  title text not null,
  entitled_hours integer not null check (entitled_hours >= 0),
  used_hours integer not null default 0 check (used_hours >= 0),
  unique (staff_id, code)
);

-- What a tenant asks of its staff: documents to bring, attire to own.
create table workforce.required_items (
  id uuid primary key,
  tenant_id uuid not null references workforce.tenants,
  kind text not null check (kind in ('DOCUMENT', 'ATTIRE')),
  code text not null,
  name text not null,
  description text not null default '',
  required boolean not null default true,
  unique (tenant_id, kind, code),
  unique (tenant_id, id)
);

-- A stored object that somebody uploaded.
create table workforce.files (
  id uuid primary key,
  tenant_id uuid not null references workforce.tenants,
  user_id uuid not null references workforce.users,
  storage_key text not null unique,
  filename text not null,
  content_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 text not null,
  visibility text not null default 'private' check (visibility in ('public', 'private')),
  category text not null default '',
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);
create index files_user on workforce.files (user_id, id);

create table workforce.verifications (
  id uuid primary key,
  tenant_id uuid not null,
  type text not null check (type in ('attire', 'government_id', 'certification')),
  subject_type text not null,
  subject_id text not null,
  user_id uuid not null references workforce.users,   -- who asked for it
  file_id uuid not null,
  rules jsonb not null default '{}',
  metadata jsonb not null default '{}',
  status text not null default 'PENDING' check (status in (
    'PENDING', 'PROCESSING', 'AUTO_PASS', 'AUTO_FAIL', 'NEEDS_REVIEW', 'ERROR', 'APPROVED', 'REJECTED'
  )),
  checks jsonb not null default '[]',
  review jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, file_id) references workforce.files (tenant_id, id)
);
create index verifications_status on workforce.verifications (tenant_id, status, id);
create index verifications_user on workforce.verifications (user_id, id);

-- Every change of a verification: who, what, when, why. Append-only.
create table workforce.verification_events (
  verification_id uuid not null references workforce.verifications on delete cascade,
  seq integer not null,                       -- given under the verification's lock
  from_status text,
  to_status text not null,
  actor text not null,                        -- 'user/<id>', or 'worker'
  reason text,
  details jsonb,
  at timestamptz not null default now(),
  primary key (verification_id, seq)
);

create table workforce.staff_items (
  staff_id uuid not null references workforce.staff on delete cascade,
  item_id uuid not null references workforce.required_items,
  file_id uuid not null references workforce.files,
  verification_id uuid references workforce.verifications,
  metadata jsonb not null default '{}',
  uploaded_at timestamptz not null default now(),
  primary key (staff_id, item_id)
);

create table workforce.certificates (
  id uuid primary key,
  staff_id uuid not null references workforce.staff on delete cascade,
  certificate_type text not null,
  name text not null default '',
  issuer text not null default '',
  number text not null default '',
  issued_on date,
  expires_on date,
  file_id uuid not null references workforce.files,
  verification_id uuid references workforce.verifications,
  uploaded_at timestamptz not null default now(),
  unique (staff_id, certificate_type)
);

-- What a client asks for. A recurring or permanent one is expanded into shifts in its hub's time zone.
create table workforce.orders (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  hub_id uuid not null,
  vendor_id uuid,
  order_number text not null,
  type text not null check (type in ('ONE_TIME', 'RECURRING', 'PERMANENT')),
  status text not null default 'OPEN' check (status in ('DRAFT', 'OPEN', 'FILLED', 'ACTIVE', 'COMPLETED', 'CANCELLED')),
  event_name text not null check (length(event_name) between 1 and 200),
  starts_on date not null,                    -- in the hub's time zone
  ends_on date,                               -- null: it goes on
  week_days smallint[] not null default '{}', -- ISO: Monday is 1; empty for a single day
  positions jsonb not null,                   -- as they were asked for: what later shifts are made from
  expanded_to date,                           -- shifts have been made up to this day
  horizon_days integer check (horizon_days between 1 and 60),
  cancel_reason text,
  created_by uuid not null references workforce.users,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, order_number),
  check ((type = 'ONE_TIME') = (week_days = '{}')),
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id),
  foreign key (tenant_id, hub_id) references workforce.hubs (tenant_id, id),
  foreign key (tenant_id, vendor_id) references workforce.vendors (tenant_id, id)
);
create index orders_business on workforce.orders (business_id, id);
create index orders_expanding on workforce.orders (expanded_to) where type = 'PERMANENT' and status <> 'CANCELLED';

create table workforce.order_numbers (
  tenant_id uuid primary key references workforce.tenants,
  last_number integer not null check (last_number >= 1)
);

-- A block of time at a hub.
create table workforce.shifts (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  order_id uuid not null,
  hub_id uuid not null,
  date date not null,                         -- on which it begins, in the hub's time zone
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text not null default 'OPEN' check (status in ('OPEN', 'FILLED', 'ACTIVE', 'COMPLETED', 'CANCELLED')),
  clock_in_mode text check (clock_in_mode in ('NFC_REQUIRED', 'GEO_REQUIRED', 'EITHER')),   -- null: the hub's
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  check (ends_at > starts_at and ends_at - starts_at <= interval '50 hours'),   -- crews of a day and its night, over a clock change
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id),
  foreign key (tenant_id, order_id) references workforce.orders (tenant_id, id),
  foreign key (tenant_id, hub_id) references workforce.hubs (tenant_id, id)
);
-- What reports need of a shift, a role, an assignment and a time-card line is in their indexes: a year of them is read without the rows.
create index shifts_business_date on workforce.shifts (business_id, date, starts_at) include (tenant_id, id, hub_id, status);
create index shifts_order on workforce.shifts (order_id, starts_at);
create index shifts_unfinished on workforce.shifts (ends_at, id) where status in ('OPEN', 'FILLED', 'ACTIVE');
create index shifts_hub on workforce.shifts (hub_id, starts_at);

-- A role slot in a shift: what staff apply to; clients call its id `roleId`.
create table workforce.shift_roles (
  id uuid primary key,
  tenant_id uuid not null,
  shift_id uuid not null,
  position_no smallint check (position_no >= 1),               -- of its order's positions, from 1
  vendor_role_id uuid not null,
  name text not null,
  rate_cents integer not null check (rate_cents > 0),          -- as it was when it was ordered
  pay_rate_cents integer not null check (pay_rate_cents > 0),
  market_rate_cents integer not null check (market_rate_cents > 0),
  workers_needed integer not null check (workers_needed between 0 and 500),
  workers_booked integer not null default 0,
  lunch_break_minutes integer not null default 0 check (lunch_break_minutes between 0 and 240),
  paid_break boolean not null default false,
  instant_book boolean not null default false,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  unique (tenant_id, id),
  check (ends_at > starts_at),
  unique (shift_id, position_no),
  check (workers_booked between 0 and workers_needed),         -- never overfilled
  foreign key (tenant_id, shift_id) references workforce.shifts (tenant_id, id) on delete cascade,
  foreign key (tenant_id, vendor_role_id) references workforce.vendor_roles (tenant_id, id)
);
create index shift_roles_shift on workforce.shift_roles (shift_id, id);
create index shift_roles_begin on workforce.shift_roles (tenant_id, starts_at)
  include (shift_id, workers_needed, rate_cents, lunch_break_minutes, paid_break, ends_at);
create index shift_roles_free on workforce.shift_roles (tenant_id, starts_at, id) where workers_booked < workers_needed;

-- A worker bound to a role. Booked statuses are those that count against the role's places and the worker's time.
create table workforce.assignments (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  shift_id uuid not null,
  shift_role_id uuid not null,
  staff_id uuid not null,
  status text not null check (status in (
    'PENDING', 'ASSIGNED', 'ACCEPTED', 'CHECKED_IN', 'CHECKED_OUT', 'COMPLETED', 'DECLINED', 'SWAP_REQUESTED', 'CANCELLED', 'NO_SHOW'
  )),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  swap_reason text,
  swap_requested_at timestamptz,
  replaces_id uuid references workforce.assignments,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  check ((status = 'SWAP_REQUESTED') <= (swap_requested_at is not null)),
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id),
  foreign key (tenant_id, shift_id) references workforce.shifts (tenant_id, id) on delete cascade,
  foreign key (tenant_id, shift_role_id) references workforce.shift_roles (tenant_id, id) on delete cascade,
  foreign key (tenant_id, staff_id) references workforce.staff (tenant_id, id),
  -- Nobody is in two places at once.
  constraint assignments_overlap exclude using gist (staff_id with =, tstzrange(starts_at, ends_at) with &&)
    where (status in ('ASSIGNED', 'ACCEPTED', 'CHECKED_IN', 'CHECKED_OUT', 'COMPLETED', 'SWAP_REQUESTED'))
);
create unique index assignments_once on workforce.assignments (shift_role_id, staff_id)
  where status not in ('DECLINED', 'CANCELLED', 'NO_SHOW');
create index assignments_staff on workforce.assignments (staff_id, starts_at);
create index assignments_shift on workforce.assignments (shift_id, id);
create index assignments_business on workforce.assignments (business_id, starts_at) include (tenant_id, shift_id, status, staff_id, id);
create index assignments_swaps on workforce.assignments (tenant_id, starts_at) where status = 'SWAP_REQUESTED';

-- A worker's presence at one assignment.
create table workforce.attendance (
  id uuid primary key,
  tenant_id uuid not null,
  assignment_id uuid not null unique references workforce.assignments on delete cascade,
  staff_id uuid not null,
  business_id uuid not null,
  status text not null default 'OPEN' check (status in ('OPEN', 'CLOSED')),
  clock_in_at timestamptz not null default now(),
  clock_in_method text not null check (clock_in_method in ('NFC', 'GEO', 'OVERRIDE')),
  clock_in_latitude double precision,
  clock_in_longitude double precision,
  clock_in_accuracy_meters double precision,
  clock_in_distance_meters double precision,
  override_reason text,
  late boolean not null default false,
  clock_out_at timestamptz,
  clock_out_method text check (clock_out_method in ('NFC', 'GEO', 'OVERRIDE')),   -- null: nothing was shown
  clock_out_distance_meters double precision,
  clock_out_override_reason text,
  check ((status = 'CLOSED') = (clock_out_at is not null)),
  check (clock_out_at >= clock_in_at),
  foreign key (tenant_id, staff_id) references workforce.staff (tenant_id, id)
);
create unique index attendance_open on workforce.attendance (staff_id) where status = 'OPEN';
create index attendance_staff on workforce.attendance (staff_id, clock_in_at);
create index attendance_late on workforce.attendance (business_id, clock_in_at) include (tenant_id, assignment_id) where late;

-- A client's bill for one week of one of its vendors' work.
create table workforce.invoices (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  week_starts_on date not null,               -- a Monday
  status text not null default 'PENDING' check (status in ('PENDING', 'APPROVED', 'DISPUTED', 'PAID', 'VOID')),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  total_cents bigint not null check (total_cents >= 0),
  dispute_reason text,
  document_id uuid references core.invoices,  -- its number, what it says, its PDF
  approved_at timestamptz,
  disputed_at timestamptz,
  paid_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (business_id, week_starts_on),
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id)
);
create index invoices_business on workforce.invoices (business_id, status, id);

-- What a closed attendance is worth. Lines without an invoice wait for their week's.
create table workforce.time_card_lines (
  id uuid primary key,
  tenant_id uuid not null,
  business_id uuid not null,
  staff_id uuid not null,
  assignment_id uuid not null unique references workforce.assignments,
  hub_id uuid not null,
  category text not null,                     -- the role's name
  work_date date not null,                    -- in the hub's time zone
  minutes integer not null check (minutes >= 0),      -- to be paid
  rate_cents integer not null,
  pay_rate_cents integer not null,
  market_rate_cents integer not null,
  amount_cents bigint not null check (amount_cents >= 0),     -- for the client
  pay_cents bigint not null check (pay_cents >= 0),           -- for the worker
  saving_cents bigint not null,
  invoice_id uuid references workforce.invoices,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, business_id) references workforce.businesses (tenant_id, id),
  foreign key (tenant_id, staff_id) references workforce.staff (tenant_id, id)
);
create index time_card_lines_business on workforce.time_card_lines (business_id, work_date)
  include (tenant_id, hub_id, category, minutes, amount_cents, saving_cents);
create index time_card_lines_staff on workforce.time_card_lines (staff_id, work_date);
create index time_card_lines_invoice on workforce.time_card_lines (invoice_id);
create index time_card_lines_unbilled on workforce.time_card_lines (business_id, work_date) where invoice_id is null;

create table workforce.notifications (
  id uuid primary key,
  tenant_id uuid not null references workforce.tenants,
  user_id uuid not null references workforce.users,
  type text not null,
  title text not null,
  body text not null,
  data jsonb not null default '{}',
  once_key text unique,
  read_at timestamptz,
  created_at timestamptz not null default now()
);
create index notifications_user on workforce.notifications (user_id, tenant_id, id);

create table workforce.favorite_staff (
  business_id uuid not null references workforce.businesses,
  staff_id uuid not null references workforce.staff,
  created_at timestamptz not null default now(),
  primary key (business_id, staff_id)
);

create table workforce.staff_reviews (
  id uuid primary key,
  tenant_id uuid not null,
  assignment_id uuid not null unique references workforce.assignments,
  staff_id uuid not null,
  business_id uuid not null,
  rating smallint not null check (rating between 1 and 5),
  comment text not null default '' check (length(comment) <= 2000),
  created_by uuid not null references workforce.users,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, staff_id) references workforce.staff (tenant_id, id)
);
create index staff_reviews_staff on workforce.staff_reviews (staff_id, id);
create index staff_reviews_business on workforce.staff_reviews (business_id, created_at) include (tenant_id, rating);
